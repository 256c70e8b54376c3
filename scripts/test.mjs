/**
 * `npm test`: installs what is needed, checks style, types and boundaries, and runs all specs. Ends with
 * `N passed, N failed`, counted from Jest's own results and one for each check.
 * `npm test -- --only unit` runs one phase: static, unit, integration or e2e; what follows goes to Jest.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from './bootstrap.mjs';
import { build, TSC } from './build.mjs';
import { checkout, inCheckout } from './checkout.mjs';
import { collect } from './install.mjs';
import { giveUp, say, working } from './progress.mjs';
import { startProgram } from './supervise.mjs';

const PHASES = ['static', 'unit', 'integration', 'e2e'];
const args = process.argv.slice(2);
const at = args.indexOf('--only');
const [, only] = at < 0 ? [] : args.splice(at, 2);
if (at >= 0 && !PHASES.includes(only)) giveUp(`--only takes one of: ${PHASES.join(', ')}.`);
const runs = (phase) => only === undefined || only === phase;

const node = await bootstrap({ builds: false });
const results = mkdtempSync(join(tmpdir(), 'cairn-results-'));
process.on('exit', () => rmSync(results, { recursive: true, force: true }));

const summary = [];
let passed = 0;
let failed = 0;

/** Counts one check and says how long it took. Answers what it complained of. */
async function check(name, work) {
  const began = Date.now();
  const complaint = await work();
  if (complaint) failed += 1;
  else passed += 1;
  summary.push([name, complaint ? 'failed' : 'passed', Date.now() - began]);
  return complaint;
}

/** A package's own program, where its manifest says that it is. */
function program(name, bin = name) {
  const { bin: programs } = JSON.parse(
    readFileSync(inCheckout('node_modules', name, 'package.json'), 'utf8'),
  );
  return inCheckout('node_modules', name, typeof programs === 'string' ? programs : programs[bin]);
}

/** Runs a tool; answers what it printed if it was not content. */
async function run(path, ...options) {
  const { code, output } = await collect([node, path, ...options]);
  return code === 0 ? undefined : output.trim() || `${path} ended with code ${code}`;
}

/**
 * Runs the specs whose path fits, on so many workers more than there are processors, since specs of real servers wait
 * as well as work, and counts from Jest's results.
 */
async function jest(phase, selection, { more = 1, env = {} } = {}) {
  const began = Date.now();
  const file = join(results, `${phase}.json`);
  say(`\n${phase}`);
  const child = spawn(
    node,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
      program('jest'),
      ...selection,
      `--maxWorkers=${availableParallelism() + more}`,
      '--json',
      `--outputFile=${file}`,
      ...args,
    ],
    {
      cwd: checkout,
      stdio: ['ignore', 'ignore', 'inherit'],
      // Specs start the same programs over and over: these are compiled once.
      env: { ...process.env, NODE_COMPILE_CACHE: join(results, 'compiled'), ...env },
    },
  );
  const [code] = await once(child, 'exit');
  const counted = count(file, code);
  if (counted.passed + counted.failed + counted.skipped === 0) {
    say(`No spec was run.`);
    counted.failed = 1;
  }
  passed += counted.passed;
  failed += counted.failed;
  const skipped = counted.skipped ? `, ${counted.skipped} skipped` : '';
  summary.push([phase, `${counted.passed} passed, ${counted.failed} failed${skipped}`, Date.now() - began]);
}

/** A spec file that could not be run counts as one failure, and so does a Jest that ended badly without saying why. */
function count(file, code) {
  try {
    const found = JSON.parse(readFileSync(file, 'utf8'));
    const bad = found.numFailedTests + found.numRuntimeErrorTestSuites;
    return {
      passed: found.numPassedTests,
      failed: bad || (code === 0 ? 0 : 1),
      skipped: found.numPendingTests + found.numTodoTests,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/**
 * One Kafka for the phases that use it, unless one is named. Answers the environment that names it. Where none is to be
 * had, this is said, and is a failure with CI=true; one that is there and does not start is a failure anywhere.
 */
async function kafka() {
  if (process.env.KAFKA_BROKERS) return {};
  const began = Date.now();
  say('');
  const answer = await working('kafka', async () => {
    const child = startProgram(node, 'scripts/serve-kafka.mjs', [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => [{ unavailable: 'it ended by itself', broken: true }]),
    ]);
    child.unref();
    child.channel?.unref();
    return message;
  });
  if (answer.brokers) {
    summary.push(['kafka', `runs at ${answer.brokers}`, Date.now() - began]);
    return { KAFKA_BROKERS: answer.brokers };
  }
  if (process.env.CI === 'true' || answer.broken) failed += 1;
  summary.push(['kafka', `NOT TESTED OVER KAFKA: ${answer.unavailable}`, Date.now() - began]);
  return {};
}

if (runs('static')) {
  const complaint = await build(node);
  const complaints = await working('lint, format, types, boundaries', () =>
    Promise.all([
      check('lint', () => run(program('oxlint'))),
      check('format', () =>
        run(program('prettier'), '--check', '--cache', '--cache-strategy', 'content', '.'),
      ),
      check('types', async () => complaint ?? (await run(TSC, '-p', 'tsconfig.test.json'))),
      check('boundaries', () => run(program('dependency-cruiser', 'depcruise'), 'apps', 'libs')),
    ]),
  );
  for (const each of complaints) if (each) say(each);
} else await bootstrap();

const specs = (...globs) => globs.map((glob) => `--testMatch=${glob}`);
if (runs('unit')) await jest('unit', specs('**/*.spec.ts', '!**/*.int.spec.ts', '!**/*.e2e.spec.ts'));
if (runs('integration') || runs('e2e')) {
  const env = await kafka();
  if (runs('integration')) await jest('integration', specs('**/*.int.spec.ts'), { more: 2, env });
  if (runs('e2e')) await jest('e2e', specs('**/*.e2e.spec.ts'), { env });
}

say('');
for (const [name, outcome, milliseconds] of summary)
  say(`${name.padEnd(12)} ${outcome.padEnd(34)} ${(milliseconds / 1000).toFixed(1).padStart(6)} s`);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 ? 0 : 1);
