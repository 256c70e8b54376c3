/** One service as it runs, for specs that kill it (SIGKILL); a message sets its clock: see in-processes.ts. */
import { flushCompileCache } from 'node:module';
import type { ServiceConfig } from '../config.js';
import type { ServiceDefinition } from '../definition.js';
import { startService } from '../start.js';

const [appModule, settings] = process.argv.slice(2) as [string, string];
const { definition } = (await import(appModule)) as { definition: ServiceDefinition };
// Who is killed leaves nothing in the compile cache at its end: the next one would compile all of it again.
flushCompileCache();

const { config, now } = JSON.parse(settings) as { config: ServiceConfig; now: string };
let at = new Date(now);
process.on('message', (instant: string) => (at = new Date(instant)));
await startService(definition, { ...config, textKey: Buffer.alloc(32, 5) }, { now: () => at });
process.send!('running');
