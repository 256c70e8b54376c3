import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits: whoever holds it may answer, so it is kept nowhere but on the link. */
export const newToken = (): string => randomBytes(32).toString('base64url');

export const hashOfToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A fragment reaches no server and no log. Without a configured address it begins with the path. */
export const linkOf = (publicUrl: string | null, token: string): string =>
  `${publicUrl ?? ''}/answer#${token}`;
