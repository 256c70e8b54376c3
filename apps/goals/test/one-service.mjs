// The service in a process of its own, for a spec that kills it: see killed-reacting.int.spec.ts
import { startService } from '@cairn/service';
import { definition } from '../dist/app.module.js';
import { flushCompileCache } from 'node:module';

// Who is killed leaves nothing in the compile cache at its end: the next one would compile all of it again.
flushCompileCache();

const { config, now } = JSON.parse(process.argv[2]);
await startService(definition, { ...config, textKey: Buffer.alloc(32, 5) }, { now: () => new Date(now) });
process.send('running');
