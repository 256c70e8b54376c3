import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * An answer that is kept is sealed (AES-256-GCM) under its command's Idempotency-Key, which is not kept: it may name
 * people, and only whoever sends that very command again can read it. A key that can be guessed seals accordingly.
 */
export function seal(body: string, idempotencyKey: string, commandId: string): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(idempotencyKey, commandId), iv);
  const text = [cipher.update(body, 'utf8'), cipher.final()];
  return SEAL + Buffer.concat([iv, cipher.getAuthTag(), ...text]).toString('base64');
}

/** What `seal` was given; an answer that was kept before answers were sealed is as it was. */
export function unseal(kept: string, idempotencyKey: string, commandId: string): string {
  if (!kept.startsWith(SEAL)) return kept;
  const sealed = Buffer.from(kept.slice(SEAL.length), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(idempotencyKey, commandId), sealed.subarray(0, 12));
  decipher.setAuthTag(sealed.subarray(12, 28));
  return decipher.update(sealed.subarray(28), undefined, 'utf8') + decipher.final('utf8');
}

/** No JSON begins like this. */
const SEAL = 'sealed:';

const keyOf = (idempotencyKey: string, commandId: string): Buffer =>
  Buffer.from(hkdfSync('sha256', idempotencyKey, commandId, 'cairn: kept answer', 32));
