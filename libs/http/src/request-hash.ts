import { createHash, hash } from 'node:crypto';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { FaultError } from './fault-error.js';

/** What tells one request from another under the same key: all that a command's outcome may depend on. */
export interface RequestParts {
  readonly query: unknown;
  readonly body: unknown;
  readonly occurredAt: string | undefined;
  readonly onBehalfOf: string | undefined;
  readonly ifMatch: string | undefined;
}

/** SHA-256 in base64 over `parts`; the order of members in the body does not count. */
export function requestHash(parts: RequestParts): string {
  return hash('sha256', JSON.stringify(parts, sorted), 'base64');
}

function sorted(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Lets a body through that is read as it arrives, up to a limit, and knows the hash of it all once it has ended. */
export class HashingStream extends Transform {
  private readonly sha = createHash('sha256');
  private bytes = 0;

  constructor(
    private readonly parts: Omit<RequestParts, 'body'>,
    private readonly maxBytes: number,
  ) {
    super();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.bytes += chunk.length;
    if (this.bytes > this.maxBytes) return done(tooLarge(this.maxBytes));
    this.sha.update(chunk);
    done(null, chunk);
  }

  /** The hash of request and body, once, after the end; null before. */
  digest(): string | null {
    return this.writableFinished ? requestHash({ ...this.parts, body: this.sha.digest('base64') }) : null;
  }
}

/** Reads a body to its end for its hash alone. */
export async function hashOfStream(body: Readable, parts: Omit<RequestParts, 'body'>): Promise<string> {
  const sha = createHash('sha256');
  for await (const chunk of body) sha.update(chunk as Buffer);
  return requestHash({ ...parts, body: sha.digest('base64') });
}

export const tooLarge = (maxBytes: number) =>
  new FaultError({
    status: 413,
    slug: 'body-too-large',
    detail: `The body is larger than the ${maxBytes.toLocaleString('en')} bytes allowed here.`,
    extra: { maxBytes },
  });
