import { createHmac } from 'node:crypto';

/** What is kept of who has answered what. */
export type MarkOf = (raterId: string, what: string) => string;

/**
 * Marks by the service's key, which is not in the database: the service finds again who has answered, and whoever reads
 * the tables cannot say whose a mark is.
 */
export const marksBy =
  (key: Buffer): MarkOf =>
  (raterId, what) =>
    createHmac('sha256', key).update(`pulse ${raterId} ${what}`).digest('base64url');
