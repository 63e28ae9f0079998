// Made-up shows for looking at screens without a server. Nothing of this is shipped.
const at = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const NAMES = ['Maya', 'Jake', 'Priya', 'Kwame', 'Zanele Dlamini', 'Mei', 'Ravi', 'Elif', 'Luca', 'Hana', 'Tomás', 'Noor', 'Amara', 'Youssef', 'Freya', 'Diego', 'Omar', 'Lena', 'Chloe', 'Bram'];
export const uid = (n) => `01900000-0000-7000-8000-0000000001${String(n).padStart(2, '0')}`;

export const person = (n, more = {}) => ({
  user_id: uid(n), handle: NAMES[n % NAMES.length].toLowerCase().replace(/\W/g, '_'), display_name: NAMES[n % NAMES.length], avatar_url: null,
  role: n === 0 ? 'owner' : 'guest', seat: n, presence: 'on_stage', seat_until: null, may_speak: true, may_show: true, may_share: true,
  is_moderator: false, host_muted_audio: false, host_muted_video: false, self_muted_audio: false, self_muted_video: false,
  screen_sharing: false, hand_raised: false, joined_at: at(10), ...more,
});

export const session = (n, more = {}) => ({
  id: `01900000-0000-7000-8000-00000000020${n}`, title: 'Clay & coffee: glazing without fear', description: '', status: 'live', mode: 'camera', format: null,
  visibility: 'public', owner: { user_id: uid(0), handle: 'maya', display_name: 'Maya', avatar_url: null }, effective_max_guests: 8,
  viewer_count: 2418, peak_viewers: 2600, guest_count: 3, started_at: at(18), ended_at: null, host_grace_until: null,
  settings: { max_guests: null, require_approval: true, allow_requests: true, enable_chat: true, slow_mode_s: 0, guest_audio_default: true, guest_video_default: true, max_participants: null, cohosts_manage_guests: true, locked: false, layout: 'grid' },
  ...more,
});

const LINES = [
  [8, 'Is that stoneware or porcelain?'], [9, 'first time here, hello from Lisbon'], [10, 'the glaze on that one'], [11, 'what cone do you fire at?'],
  [0, 'Cone 6, oxidation. Porcelain today.'], [18, 'the cup behind you please, is it for sale'], [12, 'Kwame that glaze test was brave'], [19, 'two days?? I always rush it'],
  [14, 'Jake finally on stage'], [13, 'can you show the foot ring again?'], [15, 'following both of you now'],
];
export const messages = LINES.map(([n, text], index) => ({
  id: `01900000-0000-7000-8000-0000000003${String(index).padStart(2, '0')}`, session_id: session(0).id, user_id: uid(n), handle: NAMES[n].toLowerCase(), display_name: NAMES[n], text, kind: 'text', created_at: at(5),
}));
export const request = (n, more = {}) => ({
  id: `01900000-0000-7000-8000-00000000040${n}`, session_id: session(0).id, user_id: uid(n), handle: NAMES[n].toLowerCase(), display_name: NAMES[n], avatar_url: null,
  requested_role: 'guest', message: '', state: 'pending', position: n - 7, created_at: at(11 - n), answered_at: null, answered_by: null, ...more,
});
/** The course of a show of an hour: it fills, guests come and go, something funny happens after forty minutes. */
export const analytics = (moments = 65, more = {}) => {
  const bucket = 60;
  const timeline = Array.from({ length: moments }, (_, n) => {
    const rise = 1 - Math.exp(-n / 12);
    const joke = Math.exp(-((n - 41) ** 2) / 6);
    return { at: new Date(Date.parse(at(66)) + n * bucket * 1000).toISOString(), viewers: Math.round((2300 * rise + 260 * Math.sin(n / 5) + 500 * joke) * 10) / 10, guests: n < 6 ? 0 : n < 18 ? 2 : n < 40 ? 4 : n < 58 ? 5 : 1, messages: Math.round(9 + 8 * Math.abs(Math.sin(n)) + 30 * joke), reactions: Math.round(180 + 160 * Math.abs(Math.sin(n * 1.7)) + 2100 * joke) };
  });
  return { session_id: session(0).id, started_at: at(66), ended_at: at(2), duration_s: 3862, viewers_peak: 2600, viewers_average: 1873.4, people: 1406, guests: 7, requests: 23, guest_participation_rate: 0.005, messages: 812, reactions: 18230, reactions_by_kind: { heart: 14022, fire: 2604, clap: 1100, wow: 402, thumbs_up: 98, sad: 4 }, host_sessions: 12, host_average_duration_s: 2904, bucket_s: bucket, timeline, ...more };
};
export const account = (n, more = {}) => ({ id: uid(n), handle: NAMES[n].toLowerCase(), display_name: NAMES[n], avatar_url: null, plan: 'innovator', operator: false, banned: false, created_at: at(90_000), ...more });
export const homeList = [
  session(1, { title: 'Ask a founder: your first ten customers', owner: { user_id: uid(12), handle: 'amara', display_name: 'Amara', avatar_url: null }, viewer_count: 5306, guest_count: 17, effective_max_guests: 20, started_at: at(42) }),
  session(0),
  session(2, { title: 'Squad night: last one standing', owner: { user_id: uid(15), handle: 'diego', display_name: 'Diego', avatar_url: null }, viewer_count: 1902, guest_count: 2, effective_max_guests: 3, started_at: at(70) }),
  session(3, { title: 'Portuguese, unit 4', owner: { user_id: uid(9), handle: 'hana', display_name: 'Hana', avatar_url: null }, viewer_count: 764, guest_count: 7, effective_max_guests: 7, started_at: at(5) }),
  session(4, { title: 'Lunch-hour soul', owner: { user_id: uid(4), handle: 'zanele', display_name: 'Zanele Dlamini', avatar_url: null }, viewer_count: 3120, guest_count: 0, effective_max_guests: 0, started_at: at(0.5) }),
];
