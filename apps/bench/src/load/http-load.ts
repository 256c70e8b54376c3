import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Measured } from '../measure/result.js';
import type { LoadReport, Order, PreparedRequest } from './job.js';

/** A process of its own that sends requests to a port of this machine. It ends when this process does. */
export class HttpLoad {
  private readonly ended: Promise<never>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly progress: (line: string) => void,
  ) {
    this.ended = once(child, 'exit').then(() => {
      throw new Error('the load generator ended by itself');
    });
    this.ended.catch(() => undefined);
  }

  static async start(
    port: number,
    requests: readonly PreparedRequest[],
    progress: (line: string) => void,
  ): Promise<HttpLoad> {
    const child = fork(fileURLToPath(new URL('generator.js', import.meta.url)), {
      serialization: 'advanced',
      // Not those of `npm run bench`, under which a program ends that waits for nothing but orders.
      execArgv: [],
    });
    const load = new HttpLoad(child, progress);
    await load.order({ kind: 'prepare', port, requests });
    return load;
  }

  /**
   * So many connections, each request with a new Idempotency-Key. Each asks again as soon as it is answered, or, at a rate,
   * when it is due: what is answered too late for that rate makes the requests after it wait, and they count as waiting.
   * @param rate requests per second of all connections together
   */
  async run(connections: number, seconds: number, rate?: number): Promise<Measured> {
    const order: Order = { kind: 'run', connections, seconds, ...(rate === undefined ? {} : { rate }) };
    const { failures, ...measured } = (await this.order(order)) as LoadReport;
    if (measured.errors > 0) this.progress(`failed, by status: ${JSON.stringify(failures)}`);
    return measured;
  }

  stop(): void {
    this.child.disconnect();
  }

  private async order(order: Order): Promise<unknown> {
    this.child.send(order);
    const [answer] = (await Promise.race([once(this.child, 'message'), this.ended])) as unknown[];
    return answer;
  }
}

/** A request with a token; a POST carries its body as JSON. */
export function prepared(
  method: 'GET' | 'POST',
  path: string,
  token: string,
  body?: object,
): PreparedRequest {
  const text = body === undefined ? '' : JSON.stringify(body);
  const content =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n`;
  return {
    head: `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\n${content}`,
    body: text,
  };
}
