// The rooms behind the people, 640 by 360: a wall, a light, two or three things out of focus.

const soft = (id, deviation) =>
  `<filter id="${id}" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="${deviation}"/></filter>`;

/** Filters that every room uses. */
export const defs = `<defs>${soft('soft', 4)}${soft('glow', 44)}
<linearGradient id="floor" x1="0" y1="1" x2="0" y2="0"><stop offset="0" stop-color="#120a18" stop-opacity=".42"/><stop offset=".36" stop-color="#120a18" stop-opacity="0"/></linearGradient></defs>`;

const books = (x, foot, colours) =>
  colours
    .map((colour, n) => {
      const height = 44 + ((n * 37) % 26);
      return `<rect x="${x + n * 17}" y="${foot - height}" width="${13 + ((n * 5) % 4)}" height="${height}" fill="${colour}"/>`;
    })
    .join('');

const plant = (x, y, leaf, pot) => `<g fill="${leaf}">
<path d="M${x} ${y}c-42-60-26-132-8-168 20 48 30 104 18 168Z"/><path d="M${x + 6} ${y}c10-62 44-108 82-122-4 50-34 100-74 124Z"/>
<path d="M${x - 4} ${y}c-14-50-46-76-74-82 6 42 36 74 68 84Z"/></g><path d="M${x - 40} ${y - 6}h84l-12 84h-60Z" fill="${pot}"/>`;

const window_ = (x, wall, curtain) => `<rect x="${x}" y="-20" width="178" height="250" fill="#d8ecf8"/>
<rect x="${x}" y="120" width="178" height="110" fill="#c3e0d0"/><g fill="${wall}"><rect x="${x + 84}" y="-20" width="10" height="250"/>
<rect x="${x}" y="96" width="178" height="10"/></g><rect x="${x - 12}" y="228" width="202" height="14" fill="${wall}"/>
<path d="M${x + 170}-20h66c-14 120-32 230-22 400h-60c-8-150 6-280 16-400Z" fill="${curtain}"/>
<path d="M${x + 6}-20h-54c10 120 26 230 18 400h50c6-150-4-280-14-400Z" fill="${curtain}"/>`;

const frame = (x, y, wood, picture, sun) => `<rect x="${x}" y="${y}" width="104" height="124" fill="${wood}"/>
<rect x="${x + 12}" y="${y + 12}" width="80" height="100" fill="${picture}"/><circle cx="${x + 60}" cy="${y + 46}" r="18" fill="${sun}"/>`;

const lights = (spots) =>
  spots.map(([x, y, r, colour, alpha]) => `<circle cx="${x}" cy="${y}" r="${r}" fill="${colour}" opacity="${alpha}"/>`).join('');

const tubes = (x, first, second) =>
  `<rect x="${x}" y="-10" width="12" height="290" rx="6" fill="${first}"/><rect x="${x + 40}" y="-10" width="12" height="290" rx="6" fill="${second}"/>`;

const room = (wall, far, near) =>
  `<rect width="640" height="360" fill="${wall}"/><g filter="url(#glow)">${far}</g><g filter="url(#soft)">${near}</g><rect width="640" height="360" fill="url(#floor)"/>`;

/** By the name of who sits there. */
export const rooms = {
  mara: room(
    '#5d7672',
    '<circle cx="120" cy="90" r="150" fill="#cfe6e0" opacity=".55"/>',
    window_(28, '#7f8f92', '#93aea0') + frame(482, 70, '#3f5450', '#e6b08c', '#f6dfb2'),
  ),
  luca: room(
    '#a9a290',
    '<circle cx="500" cy="20" r="120" fill="#ffe3a0" opacity=".6"/>',
    `<rect x="-10" y="-10" width="200" height="118" fill="#4d7a63"/><rect x="470" y="-10" width="190" height="118" fill="#4d7a63"/>
<rect x="88" y="-10" width="4" height="118" fill="#3b624f"/><rect x="562" y="-10" width="4" height="118" fill="#3b624f"/>
<rect x="0" y="236" width="640" height="140" fill="#7a563f"/><rect x="56" y="166" width="44" height="72" rx="12" fill="#efe6d2"/>
<rect x="116" y="138" width="32" height="100" rx="12" fill="#2f6a4a"/><circle cx="540" cy="204" r="40" fill="#d9713f"/><rect x="470" y="196" width="26" height="42" rx="6" fill="#f0d9b0"/>
<rect x="404" y="-20" width="5" height="70" fill="#4b3a30"/><path d="M370 78h74l-18-38h-38Z" fill="#ffe9ad"/>`,
  ),
  hana: room(
    '#6b5063',
    '<circle cx="560" cy="60" r="130" fill="#d79a8a" opacity=".5"/>',
    `<rect x="420" y="96" width="240" height="12" fill="#3d2a35"/><rect x="420" y="214" width="240" height="12" fill="#3d2a35"/>
${books(440, 96, ['#d97b5f', '#7fb7bb', '#f0d08c', '#b4647e', '#8fa6d6', '#e7b58f', '#7fb7bb'])}${books(500, 214, ['#f0d08c', '#8fa6d6', '#d97b5f', '#7fb7bb', '#e9d9c0'])}
<circle cx="456" cy="192" r="22" fill="#e9d9c0"/>${plant(96, 258, '#3f7d58', '#c97f56')}`,
  ),
  kofi: room(
    '#453a63',
    '<circle cx="520" cy="100" r="180" fill="#f0b75c" opacity=".85"/>',
    `<path d="M470 128h112l-24-88h-64Z" fill="#ffe7a6"/><rect x="520" y="128" width="11" height="220" fill="#2c2340"/>
<rect x="48" y="48" width="150" height="104" fill="#6b5f96"/><rect x="60" y="60" width="126" height="80" fill="#8d7fb8"/>
<rect x="-20" y="262" width="230" height="140" rx="40" fill="#7a4a78"/>`,
  ),
  priya: room(
    '#221334',
    '<circle cx="80" cy="300" r="150" fill="#6f2f7e" opacity=".8"/><circle cx="560" cy="60" r="150" fill="#0f6c7c" opacity=".7"/>',
    lights([
      [58, 78, 34, '#f08fb4', 0.75], [146, 40, 20, '#ffd08a', 0.8], [112, 172, 42, '#b0568f', 0.65], [222, 92, 14, '#ffe3ac', 0.75],
      [430, 42, 18, '#7fe0d2', 0.75], [498, 108, 38, '#3aa6a6', 0.65], [584, 54, 26, '#f7b7cf', 0.8], [600, 190, 46, '#7d4fb5', 0.65],
      [26, 262, 28, '#ffb27a', 0.6], [534, 268, 22, '#ffd08a', 0.6],
    ]),
  ),
  zanele: room(
    '#3b1712',
    '<circle cx="130" cy="80" r="190" fill="#d2501d" opacity=".9"/><circle cx="560" cy="320" r="160" fill="#7d6a10" opacity=".8"/>',
    tubes(508, '#ffc9a3', '#ffe27a'),
  ),
  mei: room(
    '#0c2440',
    '<circle cx="120" cy="90" r="180" fill="#1277b8" opacity=".85"/><circle cx="560" cy="310" r="170" fill="#7a2f9a" opacity=".75"/>',
    tubes(516, '#a7e6ff', '#d4b2ff') + '<rect x="36" y="200" width="120" height="86" rx="10" fill="#0f3556"/><rect x="48" y="212" width="96" height="62" fill="#3fb1d8"/>',
  ),
  ravi: room(
    '#24341f',
    '<circle cx="540" cy="80" r="170" fill="#a9b84a" opacity=".6"/><circle cx="60" cy="320" r="150" fill="#0f5a45" opacity=".8"/>',
    `${frame(40, 46, '#15251a', '#e2b24c', '#c4512f')}<rect x="470" y="150" width="190" height="10" fill="#15251a"/>
<g fill="#c4512f"><rect x="492" y="66" width="12" height="84"/><path d="M476 112c0-18 44-18 44 0 0 14-8 14-8 22 0 10 12 10 12 26 0 26-52 26-52 0 0-16 12-16 12-26 0-8-8-8-8-22Z" transform="translate(0 34)"/></g>
${plant(590, 168, '#4f9a4c', '#d98b52')}<rect x="-10" y="288" width="660" height="90" fill="#1b2a18"/>`,
  ),
};
