// Catches a network on which media has no way although the server offers one: TCP alone, the relay alone; and a
// connection test that names the wrong leg.
import { expect, test } from '@playwright/test';

import { Person } from '../support/person.ts';
import { Server } from '../support/server.ts';
import { goLive, signUp, watch } from '../support/steps.ts';

let server: Server;
test.beforeEach(async () => void (server = await Server.start()));
test.afterEach(async () => {
  expect(server.errors()).toEqual([]);
  await server.down();
});

/** The selected way of every connection that a page makes from now on is kept where a test finds it. */
async function keepConnections(person: Person): Promise<void> {
  await person.page.context().addInitScript(() => {
    const Known = RTCPeerConnection;
    const all: RTCPeerConnection[] = [];
    Object.assign(globalThis, { connections: all });
    globalThis.RTCPeerConnection = class extends Known {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        all.push(this);
      }
    };
  });
}

/** How media leaves the browser: `protocol` and `candidateType` of the own end of each selected pair. */
async function ways(person: Person): Promise<string[]> {
  return person.page.evaluate(async () => {
    const { connections } = globalThis as unknown as { connections: RTCPeerConnection[] };
    const found: string[] = [];
    for (const connection of connections.filter((one) => one.connectionState === 'connected')) {
      const stats = await connection.getStats();
      const entries = [...stats.values()] as Record<string, unknown>[];
      const transport = entries.find((entry) => entry['type'] === 'transport');
      const pair = entries.find((entry) => entry['id'] === transport?.['selectedCandidatePairId']);
      const own = entries.find((entry) => entry['id'] === pair?.['localCandidateId']);
      if (own) found.push(`${String(own['candidateType']) === 'relay' ? 'relay' : 'direct'} ${String(own['protocol'])}`);
    }
    return found;
  });
}

for (const [name, options, way] of [
  ['TCP alone', { tcpOnly: true }, 'direct tcp'],
  ['the relay alone', { noUdp: true }, 'relay udp'],
] as const) {
  test(`the picture comes by ${name}`, async () => {
    const mara = await Person.open('Mara', server.url, { colour: 'red' });
    await signUp(mara, 'mara');
    const session = await goLive(mara, 'Through the wall');
    const kofi = await Person.open('Kofi', server.url, options);
    await keepConnections(kofi);
    await signUp(kofi, 'kofi');
    await watch(kofi, session);
    await kofi.sees('Mara', 'red');
    const used = await ways(kofi);
    expect(used.length).toBeGreaterThan(0);
    expect(new Set(used)).toEqual(new Set([way]));
    await kofi.close();
    await mara.close();
  });
}

test('the connection test finds every way that this server offers', async () => {
  const kofi = await Person.open('Kofi', server.url);
  await kofi.page.goto('/doctor');
  await expect(kofi.page.getByText('Everything gets through')).toBeVisible({ timeout: 90_000 });
  for (const leg of ['server', 'clock', 'socket', 'udp', 'tcp', 'relay_udp', 'relay_tcp']) {
    await expect(kofi.page.getByTestId(`leg-${leg}`)).toHaveAttribute('data-state', 'ok');
  }
  await expect(kofi.page.getByTestId('leg-relay_tls')).toHaveAttribute('data-state', 'none');
  expect(kofi.complaints).toEqual([]);
  await kofi.close();
});

test('the connection test names a clock that is wrong', async () => {
  const kofi = await Person.open('Kofi', server.url);
  await kofi.page.clock.setFixedTime(Date.now() + 3_600_000);
  await kofi.page.goto('/doctor');
  await expect(kofi.page.getByTestId('leg-clock')).toHaveAttribute('data-state', 'failed');
  await expect(kofi.page.getByText('The clock of this device is wrong')).toBeVisible({ timeout: 90_000 });
  await kofi.close();
});

test('the connection test names what is blocked', async () => {
  await server.down();
  server = await Server.start({ ONSTAGE_MEDIA_TURN_PORT: '0' });
  const kofi = await Person.open('Kofi', server.url, { tcpOnly: true });
  await kofi.page.goto('/doctor');
  await expect(kofi.page.getByText('Picture and sound get through by TCP')).toBeVisible({ timeout: 90_000 });
  await expect(kofi.page.getByTestId('leg-udp')).toHaveAttribute('data-state', 'failed');
  await expect(kofi.page.getByTestId('leg-relay_udp')).toHaveAttribute('data-state', 'none');
  await kofi.close();
});
