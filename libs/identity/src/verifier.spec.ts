import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { Unauthenticated } from './unauthenticated.js';
import { verifier } from './verifier.js';

const ISSUER = 'https://issuer.example';
const TENANT = '0190a1b2-0000-7000-8000-000000000001';
const PERSON = '0190a1b2-0000-7000-8000-000000000002';

const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'a' }] };
const claims = { tenant: TENANT, roles: ['hr'], sub: 'user-1', iss: ISSUER, aud: 'cairn' };
const inFuture = () => Math.floor(Date.now() / 1000) + 600;

const signed = (payload: JWTPayload, key: CryptoKey | Uint8Array = pair.privateKey, alg = 'EdDSA') =>
  new SignJWT({ exp: inFuture(), ...payload }).setProtectedHeader({ alg, kid: 'a' }).sign(key);

const local = () => verifier({ issuer: ISSUER, audience: 'cairn', keys: jwks });

async function refusal(token: string): Promise<string> {
  const error: unknown = await local()
    .verify(token)
    .then(
      () => undefined,
      (reason: unknown) => reason,
    );
  expect(error).toBeInstanceOf(Unauthenticated);
  return (error as Unauthenticated).detail;
}

describe('a good token', () => {
  it('gives the subject that it describes', async () => {
    const token = await signed({
      ...claims,
      roles: ['hr', 'coachee', 'somebody-elses', 'hr'],
      person_id: PERSON.toUpperCase(),
      org_units: ['Production'],
      sensitive: true,
    });
    expect(await local().verify(token)).toEqual({
      tenantId: TENANT,
      subject: 'user-1',
      roles: ['hr', 'coachee'],
      personId: PERSON,
      orgUnits: ['Production'],
      sensitive: true,
    });
  });

  it('says nothing that is not in it', async () => {
    expect(await local().verify(await signed(claims))).toEqual({
      tenantId: TENANT,
      subject: 'user-1',
      roles: ['hr'],
      sensitive: false,
    });
  });
});

describe('a bad token', () => {
  it('is refused when it has expired, beyond ten seconds of clock difference', async () => {
    const now = Math.floor(Date.now() / 1000);
    expect(await refusal(await signed({ ...claims, exp: now - 11 }))).toContain('expired');
    await expect(local().verify(await signed({ ...claims, exp: now - 5 }))).resolves.toBeDefined();
  });

  it('is not remembered beyond its end', async () => {
    const one = local();
    const now = Date.now();
    const token = await signed({ ...claims, exp: Math.floor(now / 1000) + 30 });
    try {
      jest.useFakeTimers({ now, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout'] });
      await one.verify(token);
      jest.setSystemTime(now + 29_000);
      await one.verify(token);
      jest.setSystemTime(now + 42_000);
      await expect(one.verify(token)).rejects.toThrow('expired');
    } finally {
      jest.useRealTimers();
    }
  });

  it.each([
    ['iss', { iss: 'https://other.example' }],
    ['aud', { aud: 'somebody-else' }],
    ['tenant', { tenant: undefined }],
    ['tenant', { tenant: 'acme' }],
    ['roles', { roles: 'hr' }],
    ['roles', { roles: undefined }],
    ['sub', { sub: undefined }],
    ['sub', { sub: 'x'.repeat(256) }],
    ['person_id', { person_id: '10158' }],
    ['coach_id', { coach_id: 7 }],
    ['org_units', { org_units: 'Production' }],
    ['sensitive', { sensitive: 'yes' }],
    ['exp', { exp: undefined }],
    ['nbf', { nbf: inFuture() }],
  ])('is refused for its claim %s: %j', async (claim, change) => {
    expect(await refusal(await signed({ ...claims, ...change }))).toContain(claim);
  });

  it('is refused when another key signed it', async () => {
    const other = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    expect(await refusal(await signed(claims, other.privateKey))).toContain('signature');
  });

  it('is refused with an algorithm that is not on the list, or with none', async () => {
    expect(
      await refusal(
        await signed(claims, new TextEncoder().encode(JSON.stringify(jwks).slice(0, 64)), 'HS256'),
      ),
    ).toContain('algorithm');
    expect(await refusal(new UnsecuredJWT({ ...claims, exp: inFuture() }).encode())).toBeTruthy();
  });

  it.each(['', 'x', 'a.b.c', 'a.b', '....'])('is refused when it is no JWT: %p', async (token) => {
    expect(await refusal(token)).toContain('JWT');
  });
});

describe('keys at an address', () => {
  let server: Server;
  let served: object = jwks;
  let asked = 0;
  let origin: string;

  beforeAll(async () => {
    server = createServer((_, response) => {
      asked += 1;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(served));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterAll(() => void server.close());

  it('are fetched once for many tokens', async () => {
    const remote = verifier({ issuer: ISSUER, audience: 'cairn', keys: new URL(origin) });
    for (let n = 0; n < 5; n++) await remote.verify(await signed({ ...claims, jti: String(n) }));
    expect(asked).toBe(1);
  });

  it("that cannot be fetched are the issuer's fault: 503, not 401", async () => {
    served = { nothing: true };
    const remote = verifier({ issuer: ISSUER, audience: 'cairn', keys: new URL(origin) });
    await expect(remote.verify(await signed(claims))).rejects.toMatchObject({ status: 503 });
    const gone = verifier({ issuer: ISSUER, audience: 'cairn', keys: new URL('http://127.0.0.1:1/jwks') });
    await expect(gone.verify(await signed(claims))).rejects.toMatchObject({ status: 503 });
  });
});
