// A wire between an app and the server that can be cut and mended, as networks are, without a word to either end.
import { connect, createServer, type Server as TcpServer, type Socket } from 'node:net';

import { freePort, tcpIsFree, type Server } from './server.ts';

export class Wire {
  readonly #sockets = new Set<Socket>();
  #whole = true;

  private constructor(
    readonly url: string,
    private readonly tcp: TcpServer,
  ) {}

  static async to(server: Server): Promise<Wire> {
    const port = await freePort(tcpIsFree);
    const tcp = createServer((near) => wire.#join(near, Number(new URL(server.url).port)));
    const wire = new Wire(`http://127.0.0.1:${port}`, tcp);
    await new Promise<void>((resolve, reject) => void tcp.once('error', reject).listen(port, '127.0.0.1', resolve));
    return wire;
  }

  /** Every connection breaks off, and no new one comes about until it is mended. */
  cut(): void {
    this.#whole = false;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#whole = true;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.tcp.close(resolve));
  }

  #join(near: Socket, port: number): void {
    if (!this.#whole) return void near.resetAndDestroy();
    const far = connect(port, '127.0.0.1');
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.#sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => this.#sockets.delete(from));
      from.pipe(to);
    }
  }
}
