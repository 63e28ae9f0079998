// Draws the films that the people of `onstage demo` show, and their voices. Run it by hand when they should change; the
// results are committed (crates/onstage-sim/media). Needs chromium, ffmpeg with libvpx and libopus, and `make setup`.
//
//   node scripts/films/render.mjs stills FOLDER  one picture of each person and part, to look at
//   node scripts/films/render.mjs draw FOLDER    every picture, some minutes
//   node scripts/films/render.mjs encode FOLDER  what was drawn, and the voices
// Names behind the folder: only these people.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PARTS, pose, RATE } from './motion.mjs';
import { people, person } from './people.mjs';
import { defs, rooms } from './rooms.mjs';
import { opening, SAMPLE_RATE, samples } from './voices.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const media = join(root, 'crates/onstage-sim/media');
const { chromium } = createRequire(join(root, 'e2e/package.json'))('playwright-core');

/** File suffix, size, and how well it is encoded: the key frame gets all it asks for, what follows shares a small budget. */
const LAYERS = [
  { suffix: 'q', size: [320, 180], quality: '-b:v 12k -crf 32 -qmin 24 -qmax 54' },
  { suffix: 'h', size: [640, 360], quality: '-b:v 24k -crf 34 -qmin 24 -qmax 56' },
  { suffix: 'f', size: [1280, 720], quality: '-b:v 60k -crf 30 -qmin 20 -qmax 54' },
];
const IVF_HEAD_BYTES = 32;
const PICTURE_HEAD_BYTES = 12;

const ROOM = `<style>body{margin:0}svg{display:block;position:absolute;inset:0;width:1280px;height:720px}</style>
<svg viewBox="0 0 640 360">${defs}<g id="room"></g></svg><svg viewBox="0 0 640 360"><g id="person" transform="translate(120 -36)"></g></svg>`;

let page = null;

async function openPage() {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  await page.setContent(ROOM);
  return browser;
}

const put = (id, content) => page.evaluate(([at, svg]) => (document.getElementById(at).innerHTML = svg), [id, content]);

/** What moves one person: which way the head goes first, when the eyes close, how the mouth follows the voice. */
function temper(name) {
  const place = Object.keys(people).indexOf(name);
  const blink = 9 + ((place * 7) % 17);
  return { bob: people[name].bob, blinks: [blink, blink + 1, blink + 21], opening: opening(name) };
}

async function shoot(name, part, index) {
  await put('person', person(name, pose(part, index, temper(name))));
  return page.screenshot({ type: 'png' });
}

/** Encodes in one pass without looking ahead, so that the same first picture gives the same bytes in every part. */
function encode(folder, { size, quality }) {
  const out = join(folder, 'out.ivf');
  const words = `-hide_banner -loglevel error -y -framerate ${RATE} -i ${folder}/%03d.png -vf scale=${size[0]}:${size[1]}:flags=lanczos,format=yuv420p
-c:v libvpx ${quality} -g 9999 -auto-alt-ref 0 -lag-in-frames 0 -deadline good -cpu-used 0 -threads 1
-f ivf -fflags +bitexact ${out}`;
  execFileSync('ffmpeg', words.split(/\s+/));
  const file = readFileSync(out);
  const pictures = [];
  for (let at = IVF_HEAD_BYTES; at < file.length; ) {
    const length = file.readUInt32LE(at);
    pictures.push(file.subarray(at + PICTURE_HEAD_BYTES, at + PICTURE_HEAD_BYTES + length));
    at += PICTURE_HEAD_BYTES + length;
  }
  return { head: Buffer.from(file.subarray(0, IVF_HEAD_BYTES)), pictures };
}

/** One file: the key frame, then what follows it in each part. */
function join_(parts) {
  const [first] = parts;
  if (parts.some((part) => !part.pictures[0].equals(first.pictures[0]))) throw new Error('the parts do not begin alike');
  const pictures = [first.pictures[0], ...parts.flatMap((part) => part.pictures.slice(1))];
  first.head.writeUInt32LE(pictures.length, 24);
  const framed = pictures.flatMap((picture, index) => {
    const head = Buffer.alloc(PICTURE_HEAD_BYTES);
    head.writeUInt32LE(picture.length, 0);
    head.writeUInt32LE(index, 4);
    return [head, picture];
  });
  return Buffer.concat([first.head, ...framed]);
}

async function draw(name, folder) {
  await put('room', rooms[name]);
  // Two shots of one still may differ by a shade, and the key frame is shared.
  const still = await shoot(name, 'quiet', 0);
  for (const [part, length] of Object.entries(PARTS)) {
    const shots = join(folder, `${name}-${part}`);
    mkdirSync(shots, { recursive: true });
    for (let index = 0; index < length; index += 1) {
      writeFileSync(join(shots, `${String(index).padStart(3, '0')}.png`), index === 0 ? still : await shoot(name, part, index));
    }
  }
}

function film(name, folder) {
  for (const layer of LAYERS) {
    const parts = Object.keys(PARTS).map((part) => encode(join(folder, `${name}-${part}`), layer));
    const bytes = join_(parts);
    writeFileSync(join(media, `${name}-${layer.suffix}.ivf`), bytes);
    console.log(name, layer.suffix, bytes.length);
  }
}

function voice(name, folder) {
  const raw = join(folder, `${name}.raw`);
  writeFileSync(raw, Buffer.from(samples(name).buffer));
  const words = `-hide_banner -loglevel error -y -f s16le -ar ${SAMPLE_RATE} -ac 1 -i ${raw} -c:a libopus -b:a 14k -vbr on
-application voip -frame_duration 20 -fflags +bitexact -map_metadata -1 ${join(media, `${name}.ogg`)}`;
  execFileSync('ffmpeg', words.split(/\s+/));
}

async function stills(name, folder) {
  await put('room', rooms[name]);
  for (const [part, index] of [['quiet', 0], ['quiet', 14], ['speaking', 8], ['waving', 10]]) {
    writeFileSync(join(folder, `${name}-${part}-${index}.png`), await shoot(name, part, index));
  }
}

/** Everybody in a circle, for the page where the demo begins. */
function castList() {
  const circle = (name, place) => {
    const [x, y] = [60 + (place % 4) * 120, 60 + Math.floor(place / 4) * 120];
    return `<clipPath id="c${place}"><circle cx="${x}" cy="${y}" r="52"/></clipPath><circle cx="${x}" cy="${y}" r="52" fill="${people[name].wall}"/>
<g clip-path="url(#c${place})"><g transform="translate(${x - 70} ${y - 62}) scale(.35)">${person(name, pose('quiet', 0))}</g></g>`;
  };
  const drawn = Object.keys(people).map(circle).join('\n');
  writeFileSync(join(root, 'crates/onstage/src/demo/cast.svg'), `<svg viewBox="0 0 480 240" role="img" aria-label="The eight people on stage">\n${drawn}\n</svg>\n`);
}

const [what, folder, ...only] = process.argv.slice(2);
const work = { stills, draw, encode: film }[what];
if (work === undefined || folder === undefined) throw new Error('usage: render.mjs stills|draw|encode FOLDER');
mkdirSync(folder, { recursive: true });
const browser = what === 'encode' ? null : await openPage();
for (const name of only.length > 0 ? only : Object.keys(people)) {
  await work(name, folder);
  if (what === 'encode') voice(name, folder);
}
if (what === 'encode') castList();
await browser?.close();
