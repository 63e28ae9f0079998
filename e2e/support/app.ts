// The page of an app team: their own origin, their own code (`seeds/`), beside Onstage's app in the same show.
import { readFile } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import path from 'node:path';

import type { Account } from './api.ts';
import { Person, type Options } from './person.ts';
import { freePort, tcpIsFree, type Server } from './server.ts';

const root = path.resolve(import.meta.dirname, '..');
const FILES: Record<string, string> = {
  '/live.js': 'seeds/live.js',
  '/socket.js': 'seeds/socket.js',
  '/livekit-client.js': 'node_modules/livekit-client/dist/livekit-client.esm.mjs',
};

const PAGE = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>An app</title><link rel="icon" href="data:,">
<script type="importmap">{"imports":{"livekit-client":"/livekit-client.js"}}</script>
<script type="module">
import { LiveApp } from '/live.js';
import { SocketApp } from '/socket.js';
Object.assign(globalThis, { LiveApp, SocketApp });
document.body.dataset.ready = 'yes';
</script></head><body></body></html>`;

export class AppOrigin {
  private constructor(
    readonly origin: string,
    readonly http: HttpServer,
  ) {}

  static async start(): Promise<AppOrigin> {
    const port = await freePort(tcpIsFree);
    const http = createServer((request, response) => {
      const file = FILES[request.url ?? ''];
      if (file === undefined) return void response.setHeader('content-type', 'text/html').end(PAGE);
      response.setHeader('content-type', 'text/javascript');
      void readFile(path.join(root, file)).then((text) => response.end(text));
    });
    await new Promise<void>((resolve, reject) => void http.once('error', reject).listen(port, '127.0.0.1', resolve));
    return new AppOrigin(`http://127.0.0.1:${port}`, http);
  }

  /** Closes for good; browsers keep connections open that nobody asks for any more. */
  async close(): Promise<void> {
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  /** A person who has this app's page open and is signed in to it. */
  async open(name: string, account: Account, options: Options = {}): Promise<AppPerson> {
    const person = await Person.open(name, this.origin, options);
    await person.page.goto('/');
    await person.page.locator('body[data-ready]').waitFor({ state: 'attached' });
    return new AppPerson(person, account);
  }
}

/** Somebody at an app of S1 or S3; what the app is told to do is what its buttons would do. */
export class AppPerson {
  constructor(
    readonly person: Person,
    readonly account: Account,
  ) {}

  /** Opens the app of S1. */
  async live(server: Server): Promise<void> {
    await this.person.page.evaluate(
      ([url, token]) => {
        const { LiveApp } = globalThis as unknown as { LiveApp: new (url: string, token: string) => object };
        Object.assign(globalThis, { app: new LiveApp(url, token) });
      },
      [server.url, this.account.token] as const,
    );
  }

  /** Opens the app of S3 in a session; resolves before it is connected. */
  async socket(url: string, session: string, options: Record<string, unknown> = {}): Promise<void> {
    await this.person.page.evaluate(
      ([server, id, token, me, more]) => {
        const { SocketApp } = globalThis as unknown as { SocketApp: new (...args: unknown[]) => object };
        Object.assign(globalThis, { app: new SocketApp(server, id, token, me, more) });
      },
      [url, session, this.account.token, this.account.id, options] as const,
    );
  }

  /** Calls a method of the app. */
  async do<T = unknown>(method: string, ...args: unknown[]): Promise<T> {
    return this.person.page.evaluate(
      async ([name, given]) => {
        const { app } = globalThis as unknown as { app: Record<string, (...args: unknown[]) => unknown> };
        return (await app[name]?.(...given)) as T;
      },
      [method, args] as const,
    ) as Promise<T>;
  }

  /** Reads one of its fields. */
  async get<T = unknown>(field: string): Promise<T> {
    return this.person.page.evaluate((name) => (globalThis as unknown as { app: Record<string, unknown> }).app[name] as T, field) as Promise<T>;
  }

  /** The frames of one type that came so far (S3). */
  async frames(type: string): Promise<Record<string, unknown>[]> {
    const all = await this.get<Record<string, unknown>[]>('frames');
    return all.filter((frame) => frame['type'] === type);
  }

  async close(): Promise<void> {
    await this.person.close();
  }
}
