// Would catch: taps that are lost or sent one by one, reactions nobody can reach by keyboard, signs that never go away.
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWords } from '@/shared/i18n';
import { emptyChat, reduceChat, type ChatState } from './model';
import { drawnOf, ReactionLane, Reactions, REACTIONS_DRAWN_MAX, REACTIONS_SENT_MAX } from './Reactions';

let still = false;
beforeAll(() => startWords('en'));
beforeEach(() => {
  still = false;
  vi.useFakeTimers();
  window.matchMedia = vi.fn(() => ({ matches: still, addEventListener: () => undefined, removeEventListener: () => undefined })) as never;
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

const event = (name: string, data: Record<string, unknown>) => ({ seq: 1, name, at: '', data });
const react = (state: ChatState, counts: Record<string, number>) => reduceChat(state, event('chat.reactions', { counts }));

describe('reacting', () => {
  it('offers six, by keyboard too, and gives the focus back', () => {
    const tapped = vi.fn();
    render(<Reactions send={() => undefined} tapped={tapped} />);
    fireEvent.click(screen.getByRole('button', { name: 'React' }));
    const names = ['Heart', 'Fire', 'Clap', 'Wow', 'Sad', 'Thumbs up'];
    const tray = screen.getByRole('group', { name: 'Reactions' });
    expect([...tray.querySelectorAll('button')].map((one) => one.getAttribute('aria-label'))).toEqual(names);
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Heart');
    fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowLeft' });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Thumbs up');
    fireEvent.click(document.activeElement as Element);
    expect(tapped).toHaveBeenCalledWith('thumbs_up');
    fireEvent.keyDown(document.activeElement as Element, { key: 'Escape' });
    expect(screen.queryByRole('group', { name: 'Reactions' })).toBeNull();
    expect(document.activeElement?.getAttribute('aria-label')).toBe('React');
  });

  it('reaches_reactions_sent_max: taps are gathered into one count for each kind', () => {
    const send = vi.fn();
    const tapped = vi.fn();
    render(<Reactions send={send} tapped={tapped} />);
    fireEvent.click(screen.getByRole('button', { name: 'React' }));
    for (let n = 0; n <= REACTIONS_SENT_MAX; n += 1) fireEvent.click(screen.getByRole('button', { name: 'Heart' }));
    fireEvent.click(screen.getByRole('button', { name: 'Wow' }));
    expect(send).not.toHaveBeenCalled();
    act(() => void vi.advanceTimersByTime(500));
    expect(send.mock.calls).toEqual([['heart', REACTIONS_SENT_MAX], ['wow', 1]]);
    expect(tapped).toHaveBeenCalledTimes(REACTIONS_SENT_MAX + 1);
  });
});

describe('the lane', () => {
  const signs = (container: HTMLElement) => container.querySelectorAll('.rising').length;

  it('draws each kind of a batch, says how many more there were, and clears itself', () => {
    const { container, rerender } = render(<ReactionLane chat={emptyChat()} />);
    rerender(<ReactionLane chat={react(emptyChat(), { heart: 40, clap: 1 })} />);
    expect(signs(container)).toBe(5);
    expect(container.querySelector('.rising b')?.textContent).toBe('+36');
    expect(container.querySelector('.hcount')?.textContent).toContain('41');
    act(() => void vi.advanceTimersByTime(5_000));
    expect(signs(container)).toBe(0);
  });

  it('draws no backlog when it is opened late', () => {
    const { container } = render(<ReactionLane chat={react(emptyChat(), { heart: 4 })} />);
    expect(signs(container)).toBe(0);
  });

  it('reaches_reactions_drawn_max', () => {
    const { container, rerender } = render(<ReactionLane chat={emptyChat()} />);
    rerender(<ReactionLane chat={react(emptyChat(), { heart: 9, fire: 9, clap: 9, wow: 9 })} />);
    expect(signs(container)).toBe(REACTIONS_DRAWN_MAX);
  });

  it('stands still for those who asked for less motion: the number alone changes', () => {
    still = true;
    const { container, rerender } = render(<ReactionLane chat={emptyChat()} />);
    rerender(<ReactionLane chat={react(emptyChat(), { sad: 3 })} />);
    expect(signs(container)).toBe(0);
    expect(container.querySelector('.hcount')?.textContent).toContain('3');
  });

  it('draws one sign for one reaction', () => {
    expect(drawnOf({ id: 1, kind: 'wow', count: 1 }, 7)).toEqual([{ key: 7, kind: 'wow', lane: 3, more: 0 }]);
  });
});
