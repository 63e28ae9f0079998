// The real binary with a data folder of its own; killed and started again like a person would.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const target = process.env['CARGO_TARGET_DIR'] ?? path.join(root, 'target');
const binary = process.env['ONSTAGE_BIN'] ?? path.join(target, 'debug', 'onstage');
const READY_MS_MAX = 60_000;
const READY_POLL_MS = 20;

/** Below the range from which systems take ports for outgoing connections: a server that is away keeps its ports. */
const PORTS = { first: 10_000, count: 20_000 } as const;
const PORT_TRIES_MAX = 100;

export async function tcpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer().once('error', () => resolve(false));
    probe.listen(port, '0.0.0.0', () => probe.close(() => resolve(true)));
  });
}

async function udpIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createSocket('udp4').once('error', () => resolve(false));
    probe.bind(port, '0.0.0.0', () => probe.close(() => resolve(true)));
  });
}

export async function freePort(isFree: (port: number) => Promise<boolean>): Promise<number> {
  for (let tries = 0; tries < PORT_TRIES_MAX; tries += 1) {
    const port = PORTS.first + Math.floor(Math.random() * PORTS.count);
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

/** Servers that run: none outlives the tests, whatever becomes of them. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Server {
  readonly log: string[] = [];
  #process: ChildProcess | undefined;

  private constructor(
    readonly url: string,
    readonly dataDir: string,
    private readonly env: Record<string, string>,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const [http, udp] = [await freePort(tcpIsFree), await freePort(udpIsFree)];
    const dataDir = mkdtempSync(path.join(tmpdir(), 'onstage-e2e-'));
    const listen = settings['ONSTAGE_SERVER_LISTEN'] ?? `127.0.0.1:${http}`;
    const server = new Server(`http://${listen}`, dataDir, {
      ONSTAGE_DATA_DIR: dataDir,
      ONSTAGE_SERVER_LISTEN: listen,
      ONSTAGE_MEDIA_UDP_PORT: String(udp),
      ONSTAGE_MEDIA_SHARDS: '1',
      ...settings,
    });
    await server.up();
    return server;
  }

  get webSocketUrl(): string {
    return this.url.replace('http', 'ws');
  }

  /** Starts the process and waits until it says it is ready. */
  async up(): Promise<void> {
    const child = spawn(binary, ['serve'], { env: { PATH: process.env['PATH'] ?? '', ...this.env } });
    this.#process = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    const keep = (chunk: Buffer): void => void this.log.push(chunk.toString());
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const deadline = Date.now() + READY_MS_MAX;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server stopped:\n${this.log.join('')}`);
      const answer = await fetch(`${this.url}/readyz`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error(`the server is not ready:\n${this.log.join('')}`);
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
  }

  /** `kill -9`, as power cuts do. */
  async kill(): Promise<void> {
    await this.#stop('SIGKILL');
  }

  async down(): Promise<void> {
    await this.#stop('SIGTERM');
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Lines of the log at ERROR: a test ends with none. */
  errors(): string[] {
    return this.log.join('').split('\n').filter((line) => /\bERROR\b/.test(line));
  }

  async #stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}
