// Would catch: a tile without a picture that does not say whose choice that is.
import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { startWords } from '@/shared/i18n';
import { GUEST, person } from './samples';
import { Tile } from './Tile';

beforeAll(() => startWords('en'));
afterEach(cleanup);

const tile = (unseen: boolean, facts: Parameters<typeof person>[1] = {}) =>
  render(<Tile person={person(GUEST, facts)} media={undefined} mode="camera" me={false} speaking={false} quality="good" unseen={unseen} />);

it('tells that pictures are off by choice, with the reason', () => {
  tile(true);
  expect(screen.getByText('Sound only').title).toBe('You chose to get no pictures.');
});

it('says nothing of it beside pictures, or over the word that somebody is away', () => {
  tile(false);
  expect(screen.queryByText('Sound only')).toBeNull();
  cleanup();
  tile(true, { presence: 'reconnecting' });
  expect(screen.queryByText('Sound only')).toBeNull();
});
