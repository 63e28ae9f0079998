// Would catch: an ending that is not announced, has no next step, or that the keyboard does not land on.
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AwayError, ProblemError } from '@/shared/api';
import { startWords } from '@/shared/i18n';
import { AwayScreen, EndedScreen, KickedScreen, RefusedScreen } from './Endings';

beforeAll(() => startWords('en'));
afterEach(cleanup);

const nothing = () => undefined;

describe('endings', () => {
  it('tells somebody who was removed, with the reason, and lands on the way on', () => {
    render(<KickedScreen reason="Spam" title="Open mic" />);
    expect(screen.getByRole('alert').textContent).toContain('You were removed');
    expect(screen.getByRole('alert').textContent).toContain('Reason: Spam');
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'See other shows' }));
  });

  it.each([
    ['owner', 'Ada ended it'],
    ['host_lost', 'did not come back in time'],
    ['operator', 'people who run this place'],
    ['something new', 'Ada ended it'],
  ])('tells why a show is over: %s', (reason, words) => {
    render(<EndedScreen id="s" name="Ada" reason={reason} summary={null} />);
    expect(screen.getByRole('alert').textContent).toContain(words);
    expect(document.activeElement?.textContent).toBe('See other shows');
  });

  it('says that a show is not here, without offering to try in vain', () => {
    render(<RefusedScreen problem={new ProblemError({ code: 'sessions/not_found', status: 404 })} again={nothing} />);
    expect(screen.getByRole('heading').textContent).toBe('This show is not here');
    expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
  });

  it('tells a server that is away from a network that is gone', () => {
    render(<AwayScreen problem={new AwayError(false)} again={nothing} />);
    expect(screen.getByRole('alert').textContent).toContain('The server does not answer');
    cleanup();
    render(<AwayScreen problem={new AwayError(true)} again={nothing} />);
    expect(screen.getByRole('alert').textContent).toContain('You are offline');
    expect(screen.getByRole('button', { name: 'Try now' })).toBeTruthy();
  });
});
