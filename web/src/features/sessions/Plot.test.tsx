// Would catch: a plot only a mouse can read, numbers a screen reader never hears, a quiet show that draws an empty frame.
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Analytics } from '@/shared/api';
import { startWords } from '@/shared/i18n';
import { Plot } from './Plot';

const moment = (n: number, more: Partial<Analytics['timeline'][number]> = {}) => ({ at: new Date(Date.UTC(2026, 10, 21, 8, 0, n * 30)).toISOString(), viewers: n * 10.5, guests: n, messages: n * 3, reactions: n * 7, ...more });

function analytics(timeline: Analytics['timeline'], more: Partial<Analytics> = {}): Analytics {
  return {
    session_id: 's', started_at: '2026-11-21T08:00:00.000Z', ended_at: '2026-11-21T08:01:15.000Z', duration_s: 75, viewers_peak: 21, viewers_average: 10.5, people: 30, guests: 2, requests: 3,
    guest_participation_rate: 0.067, messages: 9, reactions: 21, reactions_by_kind: { heart: 21 }, host_sessions: 1, host_average_duration_s: 75, bucket_s: 30, timeline, ...more,
  };
}

beforeAll(async () => {
  await startWords('en');
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 640 });
  vi.stubGlobal('ResizeObserver', class {
    observe(): void {}
    disconnect(): void {}
  });
});
afterEach(() => {
  cleanup();
  document.documentElement.dir = 'ltr';
});

const three = analytics([moment(0), moment(1), moment(2)]);
const slider = () => screen.getByRole('slider', { name: 'Moment of the show' });

describe('the plot', () => {
  it('is read by the keyboard, moment by moment, and says each', () => {
    render(<Plot analytics={three} />);
    expect(slider().getAttribute('aria-valuemax')).toBe('2');
    fireEvent.keyDown(slider(), { key: 'End' });
    expect(slider().getAttribute('aria-valuetext')).toBe('1:00 into the show: 21 watching, 2 guests, 6 messages, 14 reactions');
    fireEvent.keyDown(slider(), { key: 'ArrowRight' });
    expect(slider().getAttribute('aria-valuenow')).toBe('2');
    fireEvent.keyDown(slider(), { key: 'ArrowLeft' });
    expect(slider().getAttribute('aria-valuetext')).toContain('0:30 into the show: 10.5 watching');
    fireEvent.keyDown(slider(), { key: 'Escape' });
    expect(document.querySelector('.pl-tip')).toBeNull();
  });

  it('is read by the pointer', () => {
    render(<Plot analytics={three} />);
    fireEvent.pointerMove(slider(), { clientX: 40 + 600 * 0.5 });
    expect(document.querySelector('.pl-tip')?.textContent).toContain('0:30');
    fireEvent.pointerMove(slider(), { clientX: 0 });
    expect(document.querySelector('.pl-tip')?.textContent).toContain('0:00');
    fireEvent.pointerLeave(slider());
    expect(document.querySelector('.pl-tip')).toBeNull();
  });

  it('turns round for a right-to-left language: the show begins at the right, and so do the keys', () => {
    document.documentElement.dir = 'rtl';
    render(<Plot analytics={three} />);
    fireEvent.pointerMove(slider(), { clientX: 599 });
    expect(slider().getAttribute('aria-valuenow')).toBe('0');
    fireEvent.keyDown(slider(), { key: 'ArrowLeft' });
    expect(slider().getAttribute('aria-valuenow')).toBe('1');
  });

  it('is a table too, one row a moment', () => {
    render(<Plot analytics={three} />);
    const rows = within(screen.getByRole('table', { hidden: true })).getAllByRole('row', { hidden: true });
    expect(rows.map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ['Time', 'Watching', 'Guests on stage', 'Messages', 'Reactions'],
      ['0:00', '0', '0', '0', '0'],
      ['0:30', '10.5', '1', '3', '7'],
      ['1:00', '21', '2', '6', '14'],
    ]);
  });

  it('draws a show of one moment', () => {
    const { container } = render(<Plot analytics={analytics([moment(1)], { duration_s: 4 })} />);
    expect(container.querySelectorAll('.pl-bar')).toHaveLength(2);
    for (const path of container.querySelectorAll('path')) expect(path.getAttribute('d')).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('says so where there is nothing to draw', () => {
    render(<Plot analytics={analytics([])} />);
    expect(screen.getByText('It was a quiet one')).toBeTruthy();
    expect(screen.queryByRole('slider')).toBeNull();
  });
});
