// The eight people, drawn in a box of 400 by 400: what each one looks like, and how a pose bends that.

const BODY = 'M24 420c4-72 32-98 92-110 30-6 50-14 56-30h60c6 16 26 24 56 30 60 12 88 38 92 110Z';
const BODY_SHADE = 'M232 280c6 16 26 24 56 30 60 12 88 38 92 110H262c14-50 6-94-30-140Z';
const FACE = 'M139 168c0-50 28-78 62-78s62 28 62 78c0 56-30 94-62 94s-62-38-62-94Z';
const FACE_SHADE = 'M200 100C250 100 264 140 262 182 260 226 236 252 206 254 236 236 240 200 236 160 234 130 224 110 200 100Z';

const circles = (list, fill) => `<g fill="${fill}">${list.map(([x, y, r]) => `<circle cx="${x}" cy="${y}" r="${r}"/>`).join('')}</g>`;
const path = (d, fill, more = '') => `<path d="${d}" fill="${fill}" ${more}/>`;

const collars = {
  crew: () => path('M166 284c10 32 60 32 70 0l12 10c-8 42-86 42-94 0Z', '#000', 'opacity=".2"'),
  vee: (who) =>
    path('M162 284l40 66 40-66-8-6-32 8-32-8Z', who.skin) + path('M158 282l44 76 44-76 10 5-54 92-54-92Z', '#fff', 'opacity=".18"'),
  shirt: () =>
    path('M156 280 200 332l46-52 18 14-34 64-30-27-30 27-32-64Z', '#fff', 'opacity=".3"') +
    '<path d="M200 334v80" stroke="#000" stroke-opacity=".2" stroke-width="3"/><g fill="#000" opacity=".3"><circle cx="208" cy="366" r="3"/><circle cx="208" cy="394" r="3"/></g>',
  turtle: (who) =>
    path('M160 258c22 16 60 16 82 0v44c-20 20-62 20-82 0Z', who.clothes) + path('M160 258c22 16 60 16 82 0v44c-20 20-62 20-82 0Z', '#fff', 'opacity=".14"') +
    '<path d="M160 282c22 16 60 16 82 0" fill="none" stroke="#000" stroke-opacity=".12" stroke-width="3"/>',
  hood: () =>
    path('M136 302c20-36 40-24 64-24s48-12 68 24c-14 36-42 52-66 52s-52-16-66-52Z', '#000', 'opacity=".22"') +
    path('M168 286c20 22 46 22 66 0l4 12c-22 26-52 26-74 0Z', '#000', 'opacity=".2"') +
    '<path d="M182 350l-5 48M224 350l5 48" stroke="#fff" stroke-opacity=".6" stroke-width="4.500" stroke-linecap="round"/>',
  scarf: () =>
    path('M150 272c30 24 72 24 102 0l14 26c-30 34-98 34-130 0Z', '#f2c14e') +
    path('M150 272c30 24 72 24 102 0l4 8c-30 26-80 26-110 0Z', '#fff', 'opacity=".25"') + path('M222 306l38-8 16 84-34 6Z', '#d9a437'),
};

const hairs = {
  waves: {
    back: 'M112 332c-18-22 6-46 0-76-8-40-4-182 90-182s100 142 88 182c-8 30 16 56 0 78-22 22-54 8-56-20h-66c-4 28-38 40-56 18Z',
    front: 'M136 186c-4-62 26-98 68-98s66 36 60 96c-16-12-34-40-38-62-20 28-60 30-90 64Z',
    shine: 'M150 120c14-20 34-26 52-24-16 8-34 20-44 38Z',
  },
  long: {
    back: 'M116 356C96 250 106 70 202 70s108 180 84 286c-26 14-60 0-60-30h-50c0 30-34 44-60 30Z',
    front: 'M137 192c-6-68 24-106 64-106s70 38 62 106c-10-34-30-62-62-76-26 14-54 40-64 76Z',
    shine: 'M146 140c6-24 24-40 46-44-18 14-32 30-40 56Z',
  },
  bob: {
    back: 'M120 266C100 128 146 70 202 70s100 60 78 196c-18 10-34 2-40-12h-78c-6 14-24 22-42 12Z',
    front: 'M135 196c-8-76 30-110 68-110 42 0 68 36 64 110-8-14-10-30-12-46-34 4-78 4-106-2-4 16-8 34-14 48Z',
    shine: 'M152 126c24-12 66-14 92-4l2 10c-28-8-66-8-96 2Z',
  },
  tail: {
    back: 'M248 98c58 10 62 96 38 162-6 14-24 10-24-6 4-42 6-86-14-116Z',
    front: 'M137 178c-8-60 26-92 66-92s68 36 60 92c-8-24-22-44-40-54-28 12-68 16-86 54Z',
    shine: 'M152 124c12-18 34-28 56-26-20 6-38 16-48 34Z',
    knot: [[256, 104, 13]],
  },
  afro: {
    back: 'M200 36c70 0 112 50 108 116-2 42-26 76-46 86H140c-22-10-44-44-46-86C90 86 132 36 200 36Z',
    front: 'M138 166c2-46 28-66 62-66s60 20 62 66c-14-22-34-32-62-32s-48 10-62 32Z',
    band: 'M132 140c14-34 38-50 69-50s56 16 68 50l-8 14c-14-26-34-36-60-36s-48 10-62 36Z',
  },
  short: { front: 'M138 168c-6-54 26-84 62-84s68 30 62 84c-6-28-22-48-62-48s-56 20-62 48Z' },
  swept: {
    front: 'M136 180C124 102 166 74 208 78c48 4 68 42 56 100-6-16-10-36-22-48-26 8-64 6-84-4-10 12-16 34-22 54Z',
    shine: 'M160 104c18-12 46-14 66-4-22-2-44 2-60 14Z',
  },
  curls: {
    backCircles: [[127, 199, 32], [114, 160, 34], [123, 119, 34], [152, 88, 34], [192, 74, 34], [234, 80, 34], [268, 106, 34], [285, 146, 34], [278, 190, 32]],
    frontCircles: [[148, 124, 22], [174, 106, 22], [204, 101, 24], [233, 109, 22], [254, 128, 20]],
    shineCircles: [[160, 88, 9], [200, 76, 10], [242, 90, 8]],
  },
};

/** Who is who. */
export const people = {
  mara: { wall: '#5d7672', skin: '#f2c9a8', hair: '#b5502a', brow: '#8a3a1c', style: 'waves', clothes: '#2f6f6a', collar: 'vee', lips: '#b8404a', glasses: true, bob: 1 },
  luca: { wall: '#8d9a80', skin: '#e3b48f', hair: '#2a1c16', style: 'curls', clothes: '#e7e0d2', collar: 'shirt', lips: '#a8433f', beard: 0.5, bob: -1 },
  hana: { wall: '#7c5c70', skin: '#f4d6c0', hair: '#3b2620', style: 'tail', clothes: '#8fb3d9', collar: 'crew', lips: '#c04a58', freckles: true, bob: 0.8 },
  kofi: { wall: '#5a4b80', skin: '#6f4632', hair: '#14100f', style: 'short', clothes: '#d6962f', collar: 'crew', lips: '#8f3a3a', beard: 0.95, bob: -0.9 },
  priya: { wall: '#56306b', skin: '#c98f66', hair: '#1c1214', style: 'long', clothes: '#a8325e', collar: 'vee', lips: '#a83246', rings: '#f3d27a', bindi: true, bob: 1.1 },
  zanele: { wall: '#8f3a1a', skin: '#7a4b35', hair: '#1e1412', style: 'afro', clothes: '#3f8f86', collar: 'turtle', lips: '#9a3540', rings: '#f3d27a', band: '#f2c14e', bob: -1.1 },
  mei: { wall: '#1d5a8f', skin: '#f4d3bd', hair: '#17131c', style: 'bob', clothes: '#b79fe0', collar: 'turtle', lips: '#b83c55', streak: '#4fc3e8', bob: 0.9 },
  ravi: { wall: '#4d6a35', skin: '#a06a45', hair: '#141013', style: 'swept', clothes: '#c2493b', collar: 'hood', lips: '#8f3a36', headset: true, stubble: true, bob: -0.8 },
};

const ears = (who) =>
  ['waves', 'long', 'bob'].includes(who.style)
    ? ''
    : `<g fill="${who.skin}"><ellipse cx="137" cy="184" rx="10" ry="17"/><ellipse cx="264" cy="184" rx="10" ry="17"/></g><ellipse cx="264" cy="184" rx="10" ry="17" fill="#000" opacity=".14"/>`;

function beard(who) {
  if (who.stubble === true) return path('M142 192c4 48 28 70 60 70s56-22 60-70c-6 16-14 24-26 26-22-8-50-8-70 0-12-2-18-10-24-26Z', who.hair, 'opacity=".22"');
  if (who.beard === undefined) return '';
  return path('M140 184c2 56 30 82 62 82s60-26 62-82c-6 20-14 30-26 32-22-10-52-10-72 0-14-2-20-12-26-32Z', who.hair, `opacity="${who.beard === 0.5 ? 0.86 : 0.95}"`);
}

function eyes(pose) {
  if (pose.blink) {
    return '<g fill="none" stroke="#241820" stroke-width="4.500" stroke-linecap="round"><path d="M165 180c5 6 13 6 18 0M220 180c5 6 13 6 18 0"/></g>';
  }
  const x = pose.look;
  return `<g fill="#241820"><ellipse cx="${174 + x}" cy="179" rx="6.600" ry="7.800"/><ellipse cx="${229 + x}" cy="179" rx="6.600" ry="7.800"/></g>
<g fill="#fff" opacity=".9"><circle cx="${176.5 + x}" cy="176" r="2.300"/><circle cx="${231.5 + x}" cy="176" r="2.300"/></g>`;
}

/** A closed smile, or one of three openings with teeth and tongue. */
function mouth(who, open) {
  if (open === 0) return `<path d="M179 224c13 13 33 13 46 0" fill="none" stroke="${who.lips}" stroke-width="6" stroke-linecap="round"/>`;
  const half = [0, 19, 23, 26][open];
  const deep = [0, 12, 20, 29][open];
  const [left, right, top] = [202 - half, 202 + half, 221];
  const shape = `M${left} ${top}c${half * 0.55} 4 ${half * 1.45} 4 ${half * 2} 0-3 ${deep * 0.8} -${half * 0.5} ${deep} -${half} ${deep}s-${half * 0.95}-${deep * 0.2}-${half}-${deep}Z`;
  const teeth = `M${left + 4} ${top + 1}c${half * 0.5} 3 ${half * 1.2} 3 ${half * 2 - 8} 0-1 5-3 7-5 8-${half * 0.5} 2-${half} 2-${half * 2 - 20} 0-2-1-4-3-5-8Z`;
  const tongue = open > 1 ? `<ellipse cx="202" cy="${top + deep - 4}" rx="${half * 0.5}" ry="${deep * 0.25}" fill="#d9626a"/>` : '';
  return path(shape, '#6b1f2b', `stroke="${who.lips}" stroke-width="2.500" stroke-linejoin="round"`) + tongue + path(teeth, '#fff');
}

function extras(who) {
  const parts = [];
  if (who.rings !== undefined) parts.push(circles([[137, 209, 5.5], [264, 209, 5.5]], who.rings));
  if (who.bindi === true) parts.push(circles([[201, 150, 4]], '#d23b4f'));
  if (who.freckles === true) parts.push(`<g opacity=".5">${circles([[158, 200, 2], [167, 204, 2], [162, 209, 2], [236, 204, 2], [245, 200, 2], [241, 209, 2]], '#c9825f')}</g>`);
  if (who.glasses === true) {
    parts.push(`<g fill="#fff" fill-opacity=".14" stroke="#2b1b22" stroke-width="4.500"><circle cx="174" cy="180" r="22"/><circle cx="230" cy="180" r="22"/><path d="M196 176c4-4 8-4 12 0M152 176l-12-4M252 176l11-4" fill="none"/></g>`);
  }
  if (who.headset === true) {
    parts.push(`<path d="M131 178C122 92 160 58 202 58s80 34 71 120" fill="none" stroke="#17131c" stroke-width="13"/><path d="M150 96c14-18 34-26 52-26" fill="none" stroke="#fff" stroke-opacity=".25" stroke-width="4" stroke-linecap="round"/>
<rect x="114" y="158" width="30" height="56" rx="14" fill="#2a2333"/><rect x="258" y="158" width="30" height="56" rx="14" fill="#17131c"/><rect x="119" y="168" width="7" height="36" rx="3.500" fill="#f2c14e"/>`);
  }
  return parts.join('');
}

function hairFront(who) {
  const hair = hairs[who.style];
  const parts = [];
  if (hair.front !== undefined) parts.push(path(hair.front, who.hair, who.style === 'short' ? 'opacity=".9"' : ''));
  if (hair.frontCircles !== undefined) parts.push(circles(hair.frontCircles, who.hair));
  if (hair.band !== undefined && who.band !== undefined) parts.push(path(hair.band, who.band), path('M150 126c12-16 30-26 51-26 8 0 14 1 20 3-26 0-46 10-62 30Z', '#fff', 'opacity=".3"'));
  if (hair.knot !== undefined) parts.push(circles(hair.knot, '#e58aa0'));
  if (hair.shine !== undefined) parts.push(path(hair.shine, '#fff', 'opacity=".14"'));
  if (who.streak !== undefined) parts.push(path('M216 87c22 4 38 18 45 42l-12 20c-2-28-14-46-33-62Z', who.streak, 'opacity=".85"'));
  return parts.join('');
}

function head(who, pose) {
  const brow = who.brow ?? who.hair;
  return `${ears(who)}${path(FACE, who.skin)}${path(FACE_SHADE, '#000', 'opacity=".10"')}${beard(who)}
<g fill="none" stroke="${brow}" stroke-width="5.500" stroke-linecap="round" transform="translate(0 ${pose.brow})"><path d="M160 161c8-7 18-7 26-2M216 159c8-5 18-5 26 2"/></g>
${eyes(pose)}<path d="M203 184c-2 10-8 18-4 22 3 2 8 2 10 0" fill="none" stroke="#000" stroke-opacity=".22" stroke-width="4" stroke-linecap="round"/>
<g fill="#e2553f" opacity=".16"><ellipse cx="159" cy="207" rx="16" ry="11"/><ellipse cx="243" cy="207" rx="16" ry="11"/></g>
${mouth(who, pose.open)}${hairFront(who)}${extras(who)}`;
}

function hairBack(who) {
  const hair = hairs[who.style];
  const parts = [];
  if (hair.back !== undefined) parts.push(path(hair.back, who.hair));
  if (hair.backCircles !== undefined) parts.push(circles(hair.backCircles, who.hair));
  if (hair.shineCircles !== undefined) parts.push(`<g opacity=".1">${circles(hair.shineCircles, '#fff')}</g>`);
  return parts.join('');
}

/** An open hand on a sleeve, raised by so much and turned by so many degrees. */
function hand(who, { up, turn }) {
  if (up === 0) return '';
  const finger = (x, y, tilt, length) => `<rect x="${x - 6.5}" y="${y - length}" width="13" height="${length + 10}" rx="6.500" transform="rotate(${tilt} ${x} ${y})"/>`;
  return `<g transform="translate(0 ${(1 - up) * 190}) rotate(${turn} 326 400)">
<path d="M292 420c6-40 10-66 16-92h38c8 26 16 52 22 92Z" fill="${who.clothes}"/><path d="M334 328h12c8 26 16 52 22 92h-26c2-34 0-62-8-92Z" fill="#000" opacity=".16"/>
<rect x="304" y="318" width="46" height="16" rx="8" fill="${who.clothes}"/><rect x="304" y="318" width="46" height="16" rx="8" fill="#000" opacity=".14"/>
<g fill="${who.skin}"><rect x="314" y="296" width="26" height="28"/>${finger(308, 262, -14, 34)}${finger(321, 256, -4, 40)}${finger(335, 257, 5, 38)}${finger(347, 264, 15, 30)}${finger(302, 294, -48, 26)}
<rect x="300" y="252" width="54" height="56" rx="20"/></g><path d="M312 284c10 8 24 8 34 0" fill="none" stroke="#000" stroke-opacity=".14" stroke-width="3.500" stroke-linecap="round"/></g>`;
}

/** One person in one pose, as the content of an SVG of 400 by 400. */
export function person(name, pose) {
  const who = people[name];
  const headMove = `translate(${pose.x} ${pose.y}) rotate(${pose.tilt} 200 262)`;
  return `<g transform="translate(${pose.lean} ${pose.breath})"><g transform="${headMove}">${hairBack(who)}</g>
${path(BODY, who.clothes)}${path(BODY_SHADE, '#000', 'opacity=".16"')}${path('M168 226h66v58c-6 26-60 26-66 0Z', who.skin)}
${path('M168 240c20 22 46 22 66 0v30c-24 18-50 12-66-12Z', '#000', 'opacity=".18"')}${collars[who.collar](who)}
<g transform="${headMove}">${head(who, pose)}</g></g>${hand(who, pose.hand)}`;
}
