// The service in a process of its own, for specs that kill it; a message sets its clock: see killed-reacting.int.spec.ts
import { startService } from '@cairn/service';
import { definition } from '../dist/app.module.js';

const { config, now } = JSON.parse(process.argv[2]);
let at = new Date(now);
process.on('message', (instant) => (at = new Date(instant)));
await startService(definition, { ...config, textKey: Buffer.alloc(32, 5) }, { now: () => at });
process.send('running');
