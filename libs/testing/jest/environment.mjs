import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/** Where Jest keeps who is told of what happens in a spec file. */
const HANDLERS = Symbol.for('EVENT_HANDLERS');

/**
 * Specs run in Node's own global scope, as the services do, and not in one for each file: what is installed and built
 * need not be loaded again for the next file, and there is but one `Error`, `Date` and `Map`. What a file changes of the
 * process and of others' objects is put back at its end.
 */
export default class OneScope {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  console = globalThis.console;
  env = { ...process.env };

  constructor({ projectConfig: config }) {
    this.fakeTimersModern = new ModernFakeTimers({ config, global: globalThis });
    Error.stackTraceLimit = 100;
  }

  async setup() {}

  async teardown() {
    this.moduleMocker.restoreAllMocks();
    this.fakeTimersModern.dispose();
    for (const name of Object.keys(process.env)) if (!(name in this.env)) delete process.env[name];
    Object.assign(process.env, this.env);
    delete globalThis[HANDLERS];
    // Jest's own of this file takes nothing any more.
    globalThis.console = this.console;
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** Jest hands this on to `node:vm`, where the runtime beside this leaves it out. */
  getVmContext() {
    return globalThis;
  }
}
