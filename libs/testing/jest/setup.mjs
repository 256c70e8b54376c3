import { existsSync } from 'node:fs';

/** Before a run of Jest: stands ready to start the servers that its specs share, and starts none. */
export default async function setup() {
  if (process.env.CAIRN_TEST_NO_POSTGRES === '1') return;
  const built = new URL('../dist/shared/serve.js', import.meta.url);
  if (!existsSync(built)) throw new Error('The libraries are not built: run `npm run build` first.');
  const { serveSharedServers } = await import(built.href);
  globalThis.sharedServers = await serveSharedServers((line) => process.stderr.write(`${line}\n`));
}
