import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { developmentIssuer } from './development-issuer.js';
import { verifier } from './verifier.js';

const TENANT = '0190a1b2-0000-7000-8000-000000000001';
const PERSON = '0190a1b2-0000-7000-8000-000000000002';
const issuer = 'http://localhost:3000/dev';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cairn-issuer-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('the development issuer', () => {
  it('signs what the verifier accepts, also after a restart', async () => {
    const first = await developmentIssuer(directory, { issuer });
    const again = await developmentIssuer(directory, { issuer });
    const accepts = verifier({ issuer, audience: 'cairn', keys: again.jwks });
    const token = await first.sign({ tenantId: TENANT, subject: 'me', roles: ['coachee'], personId: PERSON });
    expect(await accepts.verify(token)).toEqual({
      tenantId: TENANT,
      subject: 'me',
      roles: ['coachee'],
      personId: PERSON,
      sensitive: false,
    });
  });

  it('keeps its key from others, and gives none of it away', async () => {
    const { jwks } = await developmentIssuer(directory, { issuer });
    const [file, ...others] = await readdir(directory);
    expect(others).toEqual([]);
    expect((await stat(join(directory, file!))).mode & 0o777).toBe(0o600);
    expect(jwks.keys[0]).not.toHaveProperty('d');
  });

  it('makes one key when two start at once', async () => {
    const issuers = await Promise.all(
      Array.from({ length: 8 }, () => developmentIssuer(join(directory, 'new'), { issuer })),
    );
    expect(new Set(issuers.map(({ jwks }) => jwks.keys[0]!.kid)).size).toBe(1);
  });

  it('says which file is broken', async () => {
    await writeFile(join(directory, 'development-issuer.json'), 'x');
    await expect(developmentIssuer(directory, { issuer })).rejects.toThrow('development-issuer.json');
  });

  it('refuses to run in production', async () => {
    const before = process.env['NODE_ENV'];
    process.env['NODE_ENV'] = 'production';
    try {
      await expect(developmentIssuer(directory, { issuer })).rejects.toThrow('production');
      expect(await readdir(directory)).toEqual([]);
    } finally {
      process.env['NODE_ENV'] = before;
    }
  });
});
