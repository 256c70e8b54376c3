import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  SignJWT,
  type JSONWebKeySet,
  type JWK,
} from 'jose';
import type { Subject } from './subject.js';

/** Signs tokens for a laptop, where there is no OIDC provider. */
export interface DevelopmentIssuer {
  readonly issuer: string;
  readonly audience: string;
  /** The public key, for `verifier({ keys })`. */
  readonly jwks: JSONWebKeySet;
  /** A token for `subject`, good for eight hours or `expiresInSeconds`. */
  sign(
    subject: Partial<Subject> & Pick<Subject, 'tenantId' | 'subject' | 'roles'>,
    expiresInSeconds?: number,
  ): Promise<string>;
}

/** The issuer is not to be had; the message is for the person at the terminal. */
export class DevelopmentIssuerError extends Error {
  override name = 'DevelopmentIssuerError';
}

const EIGHT_HOURS = 8 * 3600;

/**
 * The issuer whose Ed25519 key lies in `directory` (readable by its owner alone), made there on first use.
 * @throws DevelopmentIssuerError in production: whoever reads the file could be anybody
 */
export async function developmentIssuer(
  directory: string,
  { issuer, audience = 'cairn' }: { issuer: string; audience?: string },
): Promise<DevelopmentIssuer> {
  if (process.env['NODE_ENV'] === 'production') {
    throw new DevelopmentIssuerError(
      'The development issuer does not run with NODE_ENV=production: set OIDC_ISSUER and OIDC_JWKS_URI instead.',
    );
  }
  const jwk = await loadOrCreateKey(directory);
  const { d: _secret, ...publicJwk } = jwk;
  const kid = await calculateJwkThumbprint(publicJwk);
  const key = await importJWK(jwk, 'EdDSA');

  return {
    issuer,
    audience,
    jwks: { keys: [{ ...publicJwk, kid, alg: 'EdDSA', use: 'sig' }] },
    sign: (
      { tenantId, subject, roles, personId, coachId, orgUnits, sensitive },
      expiresInSeconds = EIGHT_HOURS,
    ) =>
      new SignJWT({
        tenant: tenantId,
        roles: [...roles],
        ...(personId ? { person_id: personId } : {}),
        ...(coachId ? { coach_id: coachId } : {}),
        ...(orgUnits ? { org_units: [...orgUnits] } : {}),
        ...(sensitive ? { sensitive } : {}),
      })
        .setProtectedHeader({ alg: 'EdDSA', kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(subject)
        .setIssuedAt()
        .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInSeconds)
        .sign(key),
  };
}

async function loadOrCreateKey(directory: string): Promise<JWK> {
  const file = join(directory, 'development-issuer.json');
  const known = await readKey(file);
  if (known) return known;

  await mkdir(directory, { recursive: true });
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  // Linked into place whole: of two processes that start at once, one wins and both read its key.
  const draft = join(directory, `.issuer-${randomUUID()}`);
  try {
    await writeFile(draft, JSON.stringify(await exportJWK(privateKey)), { mode: 0o600, flag: 'wx' });
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await readKey(file))!;
}

async function readKey(file: string): Promise<JWK | undefined> {
  try {
    const jwk = JSON.parse(await readFile(file, 'utf8')) as JWK;
    await chmod(file, 0o600);
    return jwk;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new DevelopmentIssuerError(
      `The development issuer's key ${file} cannot be read; remove it to have a new one made.`,
      { cause: error },
    );
  }
}
