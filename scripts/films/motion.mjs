// How people move: three parts of a film that all begin with the same still, so that one key frame serves all.

/** Pictures per second. */
export const RATE = 12;
/** Parts of each film, in the order in which they lie in its file, with their pictures. */
export const PARTS = { quiet: 48, speaking: 48, waving: 24 };

const STILL = { x: 0, y: 0, tilt: 0, lean: 0, breath: 0, blink: false, look: 0, brow: 0, open: 0, hand: { up: 0, turn: 0 } };
/** Heads go from pose to pose and rest there, as in drawn films; what rests costs no bytes. */
const MOVE_PICTURES = 5;
const QUIET = [[8, { tilt: 1.8, x: 2 }], [22, { tilt: -0.8, x: -1, look: 1.5 }], [38, {}]];
const SPEAKING = [[2, { tilt: -2.2, x: -1, lean: -1 }], [13, { tilt: 1.6, x: 2, y: 1, brow: -3 }], [24, { tilt: -1, x: 1, y: -1 }], [34, { tilt: 2.4, x: -1, lean: 1, brow: -3 }], [42, {}]];

const round = (value, step) => Math.round(value / step) * step || 0;
const ease = (share) => share * share * (3 - 2 * share);

/** Where a head is that goes through these poses; `bob` says which way it goes first. */
function along(poses, index, bob) {
  let from = {};
  let [to, share] = [{}, 1];
  for (const [at, pose] of poses) {
    if (index < at) break;
    [from, to, share] = [to, pose, ease(Math.min(1, (index - at + 1) / MOVE_PICTURES))];
  }
  const between = (key, step) => round((from[key] ?? 0) + ((to[key] ?? 0) - (from[key] ?? 0)) * share, step);
  return {
    tilt: round(bob * between('tilt', 0.1), 0.1),
    x: round(bob * between('x', 0.2), 0.2),
    y: between('y', 0.2),
    lean: round(bob * between('lean', 0.5), 0.5),
    brow: share > 0.5 ? (to.brow ?? 0) : (from.brow ?? 0),
    look: share > 0.5 ? Math.sign(bob) * (to.look ?? 0) : 0,
  };
}

function quiet(index, { bob, blinks }) {
  return { ...STILL, ...along(QUIET, index, bob), blink: blinks.includes(index) };
}

function speaking(index, { bob, blinks, opening }) {
  return { ...STILL, ...along(SPEAKING, index, bob), blink: blinks.includes((index + 20) % PARTS.speaking), open: opening(index / RATE) };
}

function waving(index, { bob }) {
  const ends = Math.min(index, PARTS.waving - index);
  const up = Math.min(1, ends / MOVE_PICTURES);
  return {
    ...STILL,
    tilt: round(-2 * ease(up), 0.1),
    open: ends > 3 ? 2 : 0,
    brow: ends > 3 ? -3 : 0,
    blink: bob > 0 ? index === 18 : index === 6,
    hand: { up: round(up * (2 - up), 0.05), turn: round(12 * Math.sin((8 * Math.PI * index) / PARTS.waving), 1) },
  };
}

/** The pose of one picture of one part. */
export function pose(part, index, person) {
  return index === 0 ? STILL : { quiet, speaking, waving }[part](index, person);
}
