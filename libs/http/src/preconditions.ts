import { RefusedError } from '@cairn/decider';
import { ApiHeader } from '@nestjs/swagger';

const TAG = /^"([\x21\x23-\x7e]*)"$/;

/**
 * The version that `If-Match` names, or `*`; undefined without the header.
 * @throws RefusedError 400 for a weak tag, a list or anything else
 */
export function ifMatchOf(header: string | undefined): string | undefined {
  if (header === undefined || header === '*') return header;
  const version = TAG.exec(header.trim())?.[1];
  if (version === undefined) {
    throw new RefusedError({
      kind: 'malformed',
      slug: 'bad-if-match',
      detail: 'If-Match takes one ETag in its quotes, exactly as it was given, for example "3".',
    });
  }
  return version;
}

/**
 * Lets pass only who has seen the current version. What an ETag has after a dot is of what was shown beside the thing, or to
 * its reader alone: when that moves, the thing has not changed.
 * @throws RefusedError 428 where no version was named, 412 with `currentVersion` where another one was
 */
export function requireVersion(ifMatch: string | undefined, current: number | string): void {
  if (ifMatch === undefined) {
    throw new RefusedError({
      kind: 'precondition-required',
      slug: 'if-match-required',
      detail: 'Send the ETag that you last read in the header If-Match.',
    });
  }
  if (ifMatch !== '*' && ifMatch.split('.', 1)[0] !== String(current)) {
    throw new RefusedError({
      kind: 'stale',
      slug: 'stale-version',
      detail: 'It has changed since you read it: read it again and send its new ETag.',
      extra: { currentVersion: current },
    });
  }
}

/**
 * Tells the API document that a command overwrites what somebody else may have changed since. `when` where it need not:
 * "where there are rules already".
 */
export const NeedsIfMatch = (when?: string): MethodDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: when === undefined,
    description: `The ETag that was last read, or \`*\` for any${when ? `; needed ${when}` : ''}: without it 428, with another than the current one 412.`,
  });

/** Whether `If-None-Match` names this ETag (weak comparison, RFC 9110 13.1.2). */
export function isUnchanged(header: string | undefined, etag: string | undefined): boolean {
  if (header === undefined || etag === undefined) return false;
  if (header.trim() === '*') return true;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, '');
  return header.split(',').some((tag) => opaque(tag) === opaque(etag));
}
