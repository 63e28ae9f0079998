// A voice without words: syllables from a source of pulses through two formants. Mouths follow the same syllables.

/** Length of one loop, the same as that of the film in which its owner speaks. */
export const SECONDS = 4;
export const SAMPLE_RATE = 48_000;

/** Vowels as (first formant, second formant, how far the mouth opens). */
const VOWELS = [[730, 1_190, 3], [530, 1_840, 2], [390, 1_990, 1], [570, 840, 2], [440, 1_020, 1], [660, 1_720, 3]];

/** Pitch in hertz, syllables a second, and how much larger or smaller than average the throat is. */
export const voices = {
  mara: { pitch: 205, pace: 4.6, size: 1.12, seed: 11 },
  luca: { pitch: 122, pace: 4.2, size: 0.96, seed: 23 },
  hana: { pitch: 228, pace: 5, size: 1.18, seed: 37 },
  kofi: { pitch: 104, pace: 3.8, size: 0.92, seed: 41 },
  priya: { pitch: 214, pace: 5.2, size: 1.14, seed: 59 },
  zanele: { pitch: 188, pace: 4.2, size: 1.08, seed: 61 },
  mei: { pitch: 240, pace: 4.8, size: 1.2, seed: 73 },
  ravi: { pitch: 114, pace: 4.8, size: 0.95, seed: 89 },
};

/** The same numbers on every run. */
function dice(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Phrases of four to seven syllables with a breath between them; silent at both ends. */
export function syllables(name) {
  const { pace, seed } = voices[name];
  const roll = dice(seed);
  const list = [];
  let at = 0.12;
  let left = 4 + Math.floor(roll() * 4);
  while (at < SECONDS - 0.45) {
    const length = (0.75 + 0.5 * roll()) / pace;
    const fall = 1 - 0.05 * list.length + Math.floor(list.length / 5) * 0.2;
    list.push({ at, length, vowel: VOWELS[Math.floor(roll() * VOWELS.length)], lift: fall + 0.12 * roll(), loud: 0.7 + 0.3 * roll() });
    at += length;
    left -= 1;
    if (left === 0) {
      at += 0.22 + 0.2 * roll();
      left = 4 + Math.floor(roll() * 4);
    }
  }
  return list;
}

function spoken(list, time) {
  return list.find((one) => time >= one.at && time < one.at + one.length);
}

/** How far the mouth is open at a moment: 0 to 3. */
export function opening(name) {
  const list = syllables(name);
  return (time) => {
    const one = spoken(list, time);
    if (one === undefined) return 0;
    return Math.round(one.vowel[2] * Math.sin((Math.PI * (time - one.at)) / one.length) ** 0.6);
  };
}

/** A filter that lets one formant through. */
function resonator() {
  let [first, second] = [0, 0];
  return (input, frequency, width) => {
    const radius = Math.exp((-Math.PI * width) / SAMPLE_RATE);
    const turn = 2 * radius * Math.cos((2 * Math.PI * frequency) / SAMPLE_RATE);
    const output = (1 - radius) * input + turn * first - radius * radius * second;
    [first, second] = [output, first];
    return output;
  };
}

/** The loop as 16-bit samples. */
export function samples(name) {
  const { pitch, size } = voices[name];
  const list = syllables(name);
  const [low, high] = [resonator(), resonator()];
  const out = new Float64Array(SECONDS * SAMPLE_RATE);
  let [phase, lift, first, second, soft] = [0, 1, 500, 1_500, 0];
  for (let index = 0; index < out.length; index += 1) {
    const time = index / SAMPLE_RATE;
    const one = spoken(list, time);
    // Pitch and vowel glide: a throat does not jump.
    lift += ((one?.lift ?? 1) - lift) * 0.0006;
    first += ((one?.vowel[0] ?? first) - first) * 0.0012;
    second += ((one?.vowel[1] ?? second) - second) * 0.0012;
    phase = (phase + (pitch * lift * (1 + 0.012 * Math.sin(2 * Math.PI * 5.1 * time))) / SAMPLE_RATE) % 1;
    const pulse = phase < 0.6 ? 0.5 - 0.5 * Math.cos((2 * Math.PI * phase) / 0.6) : 0;
    const envelope = one === undefined ? 0 : one.loud * Math.sin((Math.PI * (time - one.at)) / one.length) ** 0.7;
    const source = (pulse - 0.3) * envelope;
    soft += (low(source, first * size, 90) + 0.45 * high(source, second * size, 130) - soft) * 0.35;
    out[index] = soft;
  }
  const peak = out.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Int16Array.from(out, (value) => Math.round((value / peak) * 0.4 * 32_767));
}
