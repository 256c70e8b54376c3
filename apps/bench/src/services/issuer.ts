import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentIssuer, type DevelopmentIssuer } from '@cairn/identity';

/** An issuer of tokens for one row, with its public key where a service looks for it. */
export interface BenchIssuer extends DevelopmentIssuer {
  readonly jwksFile: string;
  remove(): Promise<void>;
}

export async function benchIssuer(): Promise<BenchIssuer> {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-bench-issuer-'));
  const issuer = await developmentIssuer(directory, { issuer: 'urn:cairn:bench' });
  const jwksFile = join(directory, 'jwks.json');
  await writeFile(jwksFile, JSON.stringify(issuer.jwks));
  return { ...issuer, jwksFile, remove: () => rm(directory, { recursive: true, force: true }) };
}
