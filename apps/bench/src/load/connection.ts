import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * One HTTP/1.1 connection that asks again and again, one request at a time. It parses no more than a measurement needs,
 * so that the generator of the load leaves the machine to what is measured.
 */
export class Connection {
  private head: Buffer = Buffer.alloc(0);
  /** Bytes of the body that are still to come; undefined while the head is. */
  private missing: number | undefined;
  private status = 0;
  private answered: ((status: number) => void) | undefined;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    // A connection that ends while it is asked something has not answered; nothing else is asked on it.
    socket.on('error', () => this.answer(0));
    socket.on('close', () => this.answer(0));
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Sends a whole request and answers with the status, 0 where the connection broke. */
  ask(request: string): Promise<number> {
    if (this.socket.destroyed) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.answered = resolve;
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: Buffer): void {
    let body = chunk;
    if (this.missing === undefined) {
      this.head = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk]);
      const end = this.head.indexOf(END_OF_HEAD);
      if (end < 0) return;
      const text = this.head.toString('latin1', 0, end);
      body = this.head.subarray(end + END_OF_HEAD.length);
      this.head = Buffer.alloc(0);
      this.status = Number(text.slice(9, 12));
      this.missing = Number(/^content-length: *(\d+)/im.exec(text)?.[1] ?? 0);
    }
    this.missing -= body.length;
    if (this.missing > 0) return;
    this.missing = undefined;
    this.answer(this.status);
  }

  private answer(status: number): void {
    const { answered } = this;
    this.answered = undefined;
    answered?.(status);
  }
}
