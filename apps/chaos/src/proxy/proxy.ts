import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LostAnswer } from '../plan.js';
import type { Watch } from './watch.js';

interface Connection {
  readonly watch: Watch;
  readonly end: () => void;
}

interface Trap {
  readonly client: string;
  readonly of: LostAnswer;
  readonly sprung: (connection: Connection) => void;
}

/** Stands between clients and one server, and makes the network between them as bad as it is told to. */
export class Proxy {
  private readonly connections = new Set<Connection>();
  private readonly slow = new Map<string, number>();
  private readonly away = new Set<string>();
  private readonly traps = new Set<Trap>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Listens on `port` of the loopback address, and passes all on to `target` there. */
  static async open(port: number, target: number, watch: () => Watch): Promise<Proxy> {
    const server = createServer({ noDelay: true });
    const proxy = new Proxy(server, port);
    server.on('connection', (client) => proxy.pass(client, target, watch()));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  /** Every piece of what this client sends and gets takes so much longer from now on. */
  delay(client: string, byMs: number): void {
    if (byMs === 0) this.slow.delete(client);
    else this.slow.set(client, byMs);
  }

  /** Breaks the client's connections; until `restore`, new ones break too. @returns how many there were */
  cut(client: string): number {
    this.away.add(client);
    const cut = [...this.connections].filter(({ watch }) => watch.client === client);
    for (const connection of cut) connection.end();
    return cut.length;
  }

  restore(client: string): void {
    this.away.delete(client);
  }

  /**
   * The next answer of that kind does not reach the client: the server has done what was asked, and `heldMs` later the
   * connection breaks. @returns whether there was one before `waiting` aborted
   */
  async loseAnswer(client: string, of: LostAnswer, heldMs: number, waiting: AbortSignal): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<Connection | undefined>();
    const trap: Trap = { client, of, sprung: resolve };
    this.traps.add(trap);
    waiting.addEventListener('abort', () => resolve(undefined));
    const connection = await promise;
    this.traps.delete(trap);
    if (!connection) return false;
    await sleep(heldMs);
    connection.end();
    return true;
  }

  async close(): Promise<void> {
    for (const { end } of this.connections) end();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(client: Socket, target: number, watch: Watch): void {
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true });
    const connection: Connection = {
      watch,
      end: () => {
        client.destroy();
        server.destroy();
        this.connections.delete(connection);
      },
    };
    this.connections.add(connection);
    for (const socket of [client, server]) {
      socket.on('error', connection.end);
      socket.on('close', connection.end);
    }
    if (watch.client !== undefined && this.away.has(watch.client)) return connection.end();
    /** What the server has answered since the client asked for what is to be lost. */
    let kept: Buffer[] | undefined;
    let lost = false;
    const toServer = this.pipe(client, server, watch);
    const toClient = this.pipe(server, client, watch);
    client.on('data', (bytes: Buffer) => {
      const trap = this.trapFor(watch);
      if (watch.asked(bytes, trap?.of) && trap !== undefined) kept ??= [];
      if (watch.client !== undefined && this.away.has(watch.client)) return connection.end();
      toServer(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (lost) return;
      const state = watch.answered(bytes);
      if (kept === undefined) return toClient(bytes);
      kept.push(bytes);
      if (state === 'more') return;
      const trap = this.trapFor(watch);
      if (state === 'done' && trap) {
        lost = true;
        this.traps.delete(trap);
        return trap.sprung(connection);
      }
      const given = kept;
      kept = undefined;
      for (const each of given) toClient(each);
    });
  }

  private trapFor({ client }: Watch): Trap | undefined {
    for (const trap of this.traps) if (trap.client === client) return trap;
    return undefined;
  }

  /** Writes in order, each piece after the delay of the moment at which it came; what cannot be taken stops the sender. */
  private pipe(from: Socket, to: Socket, watch: Watch): (bytes: Buffer) => void {
    let waiting = 0;
    let queue: Promise<void> | undefined;
    // Late pieces go on coming to a receiver that is full: they all wait for the same drain.
    let full = false;
    const write = (bytes: Buffer) => {
      if (to.destroyed || to.write(bytes) || full) return;
      full = true;
      from.pause();
      to.once('drain', () => {
        full = false;
        from.resume();
      });
    };
    const writeLate = async (bytes: Buffer, byMs: number, before: Promise<void> | undefined) => {
      await Promise.all([before, sleep(byMs)]);
      write(bytes);
      waiting -= 1;
    };
    return (bytes) => {
      const byMs = (watch.client !== undefined && this.slow.get(watch.client)) || 0;
      if (byMs === 0 && waiting === 0) return write(bytes);
      waiting += 1;
      queue = writeLate(bytes, byMs, queue);
    };
  }
}
