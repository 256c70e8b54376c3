import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeDirectory, temporaryDirectory } from '../temporary.js';

export interface Certificates {
  /** Files: the authority that signed all, and a user's certificate and key. */
  readonly ca: string;
  readonly userCert: string;
  readonly userKey: string;
  /** The server's own, for 127.0.0.1 and localhost. */
  readonly server: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer };
  remove(): Promise<void>;
}

/** Makes an authority, and certificates of a server and a user, valid for a day; needs `openssl` (3.0): `programsOrSkip`. */
export async function makeCertificates(): Promise<Certificates> {
  const directory = await temporaryDirectory(tmpdir(), 'certificates');
  const file = (name: string) => join(directory, name);
  const make = (name: string, subject: string, ...more: string[]) =>
    execFileSync(
      'openssl',
      [
        ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
        ['-subj', `/CN=${subject}`, '-keyout', file(`${name}.key`), '-out', file(`${name}.crt`), ...more],
      ].flat(),
      { stdio: 'pipe' },
    );
  const signed = ['-CA', file('ca.crt'), '-CAkey', file('ca.key'), '-addext', 'basicConstraints=CA:FALSE'];
  make('ca', 'Test authority');
  make('server', 'eventstoredb', ...signed, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  make('user', 'cairn', ...signed);
  return {
    ca: file('ca.crt'),
    userCert: file('user.crt'),
    userKey: file('user.key'),
    server: {
      cert: readFileSync(file('server.crt')),
      key: readFileSync(file('server.key')),
      ca: readFileSync(file('ca.crt')),
    },
    remove: () => removeDirectory(directory),
  };
}
