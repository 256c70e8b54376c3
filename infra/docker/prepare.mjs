/**
 * `node infra/docker/prepare.mjs`, once before `docker compose up`: makes the passwords and keys that
 * docker-compose.yml asks for (`.env`, readable by its owner alone), and publishes the development issuer's key to
 * the services, so that tokens of `npm run token` are good there. What is there already is left as it is.
 */
import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const state = join(checkout, '.cairn');

/** Writes the file unless it is there; answers what it holds. */
function once(path, mode, make) {
  if (!existsSync(path)) {
    writeFileSync(path, make(), { mode });
    chmodSync(path, mode);
    console.log(`made ${path}`);
  }
  return readFileSync(path, 'utf8');
}

mkdirSync(join(state, 'docker'), { recursive: true });
chmodSync(state, 0o711);

const { kty, crv, x } = JSON.parse(
  once(join(state, 'development-issuer.json'), 0o600, () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    return JSON.stringify(privateKey.export({ format: 'jwk' }));
  }),
);
createPublicKey({ key: { kty, crv, x }, format: 'jwk' });
// RFC 7638: the members of the key that define it, in the order of their names.
const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x })).digest('base64url');
const keys = { keys: [{ kty, crv, x, kid, alg: 'EdDSA', use: 'sig' }] };
writeFileSync(join(state, 'docker', 'jwks.json'), `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o644 });

const password = () => randomBytes(24).toString('base64url');
// The dash at the beginning of a cluster's id would be taken for an option.
const clusterId = () => 'c' + randomBytes(16).toString('base64url').slice(1);
once(
  join(checkout, '.env'),
  0o600,
  () => `# Made by infra/docker/prepare.mjs for docker-compose.yml. Keep it: the volumes were made with these.
POSTGRES_PASSWORD=${password()}
ENROLLMENT_PASSWORD=${password()}
SESSIONS_PASSWORD=${password()}
GOALS_PASSWORD=${password()}
ANALYTICS_PASSWORD=${password()}
KAFKA_CLUSTER_ID=${clusterId()}
# Wraps the key of each person's private text: without it, no text can be read again.
TEXT_KEY=${randomBytes(32).toString('base64')}

# Where sessions and goals keep their logs. The lighter choice: EVENT_STORE=postgres and COMPOSE_PROFILES= (empty).
# A log that is there already is moved first: docs/how-to/operate.md.
EVENT_STORE=eventstoredb
COMPOSE_PROFILES=eventstoredb

# Whose tokens are taken. For your own OIDC provider: its issuer, OIDC_JWKS_FILE= (empty), and OIDC_JWKS_URI.
OIDC_ISSUER=urn:cairn:development-issuer
OIDC_JWKS_FILE=/run/cairn/jwks.json
OIDC_JWKS_URI=
`,
);
