import { createHash, randomBytes } from 'node:crypto';

/** For a link by which somebody answers without a token: 256 random bits, kept nowhere but on the link. */
export const newLinkToken = (): string => randomBytes(32).toString('base64url');

/** What is kept of it. */
export const hashOfLinkToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A fragment reaches no server and no log. Without a configured address it begins with the path. */
export const answerLink = (publicUrl: string | null, token: string): string =>
  `${publicUrl ?? ''}/answer#${token}`;
