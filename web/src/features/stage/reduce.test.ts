// Would catch: people who stay on stage after they left, roles that do not follow, queues that keep answered requests.
import { describe, expect, it } from 'vitest';
import type { StageRequest } from '@/shared/api';
import { blockedReason, emptyShow, fromSnapshot, hears, joined, managesGuests, openSeats, stagedInOrder, type ShowState, VIEWERS_KEPT_MAX } from './model';
import { reduce } from './reduce';
import { event, GUEST, joinReply, ME, OWNER, person, session, snapshot, watcher } from './samples';

const start = (): ShowState => fromSnapshot(emptyShow(), snapshot);
const request = (userId: string, state: StageRequest['state'] = 'pending'): StageRequest => ({
  id: `r-${userId}`,
  session_id: session.id,
  user_id: userId,
  handle: 'h',
  display_name: 'H',
  requested_role: 'guest',
  message: '',
  state,
  created_at: '2026-11-21T08:00:00.000Z',
});

describe('people', () => {
  it('replaces the whole person by each event', () => {
    const joinedState = reduce(start(), event('stage.guest_joined', { participant: person(GUEST) }));
    const muted = reduce(joinedState, event('stage.muted', { participant: person(GUEST, { host_muted_audio: true, self_muted_audio: true }), media: 'audio', muted: true, by: OWNER }));
    expect(hears(joinedState.people[GUEST]!)).toBe(true);
    expect(hears(muted.people[GUEST]!)).toBe(false);
  });

  it('frees the seat of who left and of who was removed', () => {
    const up = reduce(start(), event('stage.guest_joined', { participant: person(GUEST) }));
    const left = reduce(up, event('stage.guest_left', { participant: watcher(GUEST), reason: 'left' }));
    const kicked = reduce(up, event('stage.kicked', { user_id: GUEST, handle: 'bela', by: OWNER, reason: null }));
    expect(Object.keys(left.people)).toEqual([OWNER]);
    expect(Object.keys(kicked.people)).toEqual([OWNER]);
    expect(kicked.removed).toEqual([{ userId: GUEST, handle: 'bela' }]);
    expect(reduce(kicked, event('stage.allowed_back', { user_id: GUEST, by: OWNER })).removed).toEqual([]);
  });

  it('tells me that I was removed, and why', () => {
    const state = reduce(start(), event('stage.kicked', { user_id: ME, handle: 'me', by: OWNER, reason: 'spam' }));
    expect(state.kicked).toEqual({ reason: 'spam' });
  });

  it('makes me a manager with the role of a cohost, and no more without it', () => {
    const up = reduce(start(), event('stage.role_changed', { participant: person(ME, { role: 'cohost' }), by: OWNER }));
    expect(up.me).toMatchObject({ role: 'cohost', mayManage: true, mayModerateChat: true });
    const down = reduce(up, event('stage.role_changed', { participant: person(ME, { role: 'guest' }), by: OWNER }));
    expect(down.me).toMatchObject({ role: 'guest', mayManage: false, mayModerateChat: false });
    expect(managesGuests('cohost', { ...session, settings: { ...session.settings, cohosts_manage_guests: false } })).toBe(false);
  });

  it('orders the owner first, then by seat, and counts open seats without the owner', () => {
    const people = { [GUEST]: person(GUEST), [OWNER]: person(OWNER), [ME]: person(ME, { presence: 'held' }) };
    expect(stagedInOrder(people).map((one) => one.user_id)).toEqual([OWNER, GUEST, ME]);
    expect(openSeats(session, people)).toBe(1);
  });
});

describe('the way up', () => {
  it('remembers why I lost my seat, and forgets when I ask again', () => {
    const up = reduce(start(), event('stage.went_on_stage', { participant: person(ME) }));
    const lost = reduce(up, event('stage.guest_left', { participant: watcher(ME), reason: 'demoted' }));
    expect(lost.seatLost).toBe('demoted');
    expect(reduce(up, event('stage.guest_left', { participant: watcher(ME), reason: 'left' })).seatLost).toBeNull();
    expect(reduce(lost, event('stage.guest_left', { participant: watcher(GUEST), reason: 'left' })).seatLost).toBe('demoted');
    expect(reduce(lost, event('stage.requested', { request: request(ME) })).seatLost).toBeNull();
  });

  it('queues a request until it is answered', () => {
    const asked = reduce(start(), event('stage.requested', { request: request(GUEST) }));
    expect(asked.requests).toHaveLength(1);
    const again = reduce(asked, event('stage.requested', { request: request(GUEST) }));
    expect(again.requests).toHaveLength(1);
    expect(reduce(again, event('stage.request_closed', { request: request(GUEST, 'declined') })).requests).toEqual([]);
  });

  it('remembers that my own request was declined, and forgets when I ask again', () => {
    const declined = reduce(start(), event('stage.request_closed', { request: request(ME, 'declined') }));
    expect(declined.answered).toBe('declined');
    expect(reduce(declined, event('stage.requested', { request: request(ME) })).answered).toBeNull();
  });

  it('holds a seat for me after the approval', () => {
    const held = person(ME, { presence: 'held', seat_until: '2026-11-21T08:01:00.000Z' });
    const state = reduce(start(), event('stage.guest_approved', { request: request(ME, 'accepted'), participant: held }));
    expect(state.me?.participant?.presence).toBe('held');
    expect(state.people[ME]).toEqual(held);
  });

  it('shows an invitation with who invites, until it is closed', () => {
    const invitation = { id: 'i', user_id: ME, state: 'pending', expires_at: 0 };
    const invited = reduce(start(), event('stage.invited', { invitation, inviter_name: 'Ada' }));
    expect(invited.invitations).toEqual([invitation]);
    expect(invited.inviters).toEqual({ i: 'Ada' });
    const closed = reduce(invited, event('stage.invitation_closed', { invitation: { ...invitation, state: 'expired' } }));
    expect(closed.invitations).toEqual([]);
  });

  it('asks only the one who is asked to unmute', () => {
    expect(reduce(start(), event('stage.unmute_asked', { user_id: ME, media: 'audio', by: OWNER })).ask).toEqual({ media: 'audio', by: OWNER });
    expect(reduce(start(), event('stage.unmute_asked', { user_id: GUEST, media: 'audio', by: OWNER })).ask).toBeNull();
  });
});

describe('the show', () => {
  it('counts down while the host is lost and stops when they are back', () => {
    const lost = reduce(start(), event('session.host_lost', { ends_at: '2026-11-21T08:01:00.000Z' }));
    expect(lost.session?.host_grace_until).toBe('2026-11-21T08:01:00.000Z');
    expect(reduce(lost, event('session.host_back', {})).session?.host_grace_until).toBeNull();
  });

  it('ends with reason and summary', () => {
    const summary = { duration_s: 60, peak_viewers: 5, guests: 1, messages: 2, reactions: 3 };
    const state = reduce(start(), event('session.ended', { reason: 'host_lost', summary }));
    expect(state.ended).toEqual({ reason: 'host_lost', summary });
    expect(state.session?.status).toBe('ended');
  });

  it('takes the number of viewers from whoever tells it', () => {
    const came = reduce(start(), event('session.viewer_joined', { participant: watcher(GUEST), viewer_count: 6 }));
    expect(came.viewerCount).toBe(6);
    expect(Object.keys(came.viewers)).toEqual([GUEST]);
    const went = reduce(came, event('session.viewer_left', { participant: watcher(GUEST), viewer_count: 5 }));
    expect([went.viewerCount, Object.keys(went.viewers)]).toEqual([5, []]);
    expect(reduce(start(), event('session.viewers_changed', { joined: 9, left: 1, viewer_count: 900 })).viewerCount).toBe(900);
  });

  it('reaches_viewers_kept_max and forgets names, never the number', () => {
    let state = start();
    for (let n = 0; n <= VIEWERS_KEPT_MAX; n += 1) {
      state = reduce(state, event('session.viewer_joined', { participant: watcher(`v-${n}`), viewer_count: n }));
    }
    expect(Object.keys(state.viewers)).toHaveLength(VIEWERS_KEPT_MAX);
    expect(state.viewerCount).toBe(VIEWERS_KEPT_MAX);
  });

  it('counts who takes a seat out of the audience once, and who leaves it back in', () => {
    const held = person(GUEST, { presence: 'held' });
    const approved = reduce(start(), event('stage.guest_approved', { request: request(GUEST, 'accepted'), participant: held }));
    const joinedToo = reduce(approved, event('stage.guest_joined', { participant: held }));
    expect([approved.viewerCount, joinedToo.viewerCount]).toEqual([4, 4]);
    expect(reduce(joinedToo, event('stage.guest_left', { participant: watcher(GUEST), reason: 'left' })).viewerCount).toBe(5);
    expect(reduce(joinedToo, event('stage.guest_left', { participant: watcher(GUEST), reason: 'dropped' })).viewerCount).toBe(4);
  });

  it('takes the number the server tells when a viewer takes a seat', () => {
    const held = person(GUEST, { presence: 'held' });
    const up = reduce(start(), event('stage.guest_joined', { participant: held }));
    const told = reduce(up, event('session.viewers_changed', { joined: 0, left: 0, viewer_count: 4 }));
    expect([told.viewerCount, Object.keys(told.people), Object.keys(told.viewers)]).toEqual([4, [OWNER, GUEST], []]);
  });

  it.each([['seat first', false], ['viewer first', true]])('counts and lists once who steps down and stays, %s', (_, viewerFirst) => {
    const up = { ...reduce(start(), event('stage.guest_joined', { participant: person(GUEST) })), viewerCount: 4 };
    const left = event('stage.guest_left', { participant: watcher(GUEST), reason: 'left' });
    const came = event('session.viewer_joined', { participant: watcher(GUEST), viewer_count: 5 });
    const state = (viewerFirst ? [came, left] : [left, came]).reduce(reduce, up);
    expect(state.viewerCount).toBe(5);
    expect([Object.keys(state.people), Object.keys(state.viewers)]).toEqual([[OWNER], [GUEST]]);
    const again = reduce(state, event('stage.guest_joined', { participant: person(GUEST) }));
    expect([Object.keys(again.people), Object.keys(again.viewers)]).toEqual([[OWNER, GUEST], []]);
  });

  it('leaves the state alone for events it has no word for', () => {
    const state = start();
    expect(reduce(state, event('gifts.sent', { coins: 5 }))).toBe(state);
  });
});

describe('why somebody may not come back', () => {
  it.each([
    ['You were removed from this session', null],
    ['You were removed from this session: spam', 'spam'],
    ['You were removed from this session. Reason: Same link six times', 'Same link six times'],
    ['Same link six times', 'Same link six times'],
    [undefined, null],
  ])('%s', (detail, reason) => expect(blockedReason({ detail })).toBe(reason));
});

describe('beginnings', () => {
  it('starts from the reply of joining', () => {
    expect(joined(joinReply, 'x').me).toMatchObject({ userId: ME, role: 'viewer', mayManage: false });
  });

  it('keeps, over a new snapshot, only what the server does not tell again', () => {
    const old = { ...start(), removed: [{ userId: GUEST, handle: 'b' }], people: { [GUEST]: person(GUEST) } };
    const fresh = fromSnapshot(old, snapshot);
    expect(Object.keys(fresh.people)).toEqual([OWNER]);
    expect(fresh.removed).toEqual(old.removed);
  });
});
