import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
/** Files that break a rule each, the one at fault first: no two rules have one of the same name. */
const violations: Record<string, Record<string, string>> = {
  'no-circular': {
    'libs/http/src/one.ts': `import { b } from './other.js'; export const a = () => b;`,
    'libs/http/src/other.ts': `import { a } from './one.js'; export const b = () => a;`,
  },
  'no-app-imports-another-app': {
    'apps/goals/src/of-another.ts': `export { s } from '../../sessions/src/ledger.js';`,
    'apps/sessions/src/ledger.ts': `export const s = 1;`,
  },
  'only-standalone-imports-app-modules': {
    'apps/goals/src/of-a-module.ts': `export { s } from '../../sessions/src/app.module.js';`,
    'apps/sessions/src/app.module.ts': `export const s = 1;`,
  },
  'attack-imports-reports-alone': {
    'apps/attack/src/of-analytics.ts': `export { s } from '../../analytics/src/app.module.js';`,
    'apps/analytics/src/app.module.ts': `export const s = 1;`,
  },
  'no-lib-imports-an-app': {
    'libs/http/src/of-an-app.ts': `export { s } from '../../../apps/sessions/src/app.module.js';`,
    'apps/sessions/src/app.module.ts': `export const s = 1;`,
  },
  'demo-proves-by-itself': {
    'apps/demo/src/proof/of-ours.ts': `export { m } from '../../../../libs/manager-baseline/src/index.js';`,
    'libs/manager-baseline/src/index.ts': `export const m = 1;`,
  },
  'deciders-are-pure': {
    'apps/goals/src/goal/goal.decider.ts': `import { randomUUID } from 'node:crypto'; export const id = randomUUID();`,
  },
  'testing-is-for-specs': {
    'apps/goals/src/of-testing.ts': `export { t } from '../../../libs/testing/src/index.js';`,
    'libs/testing/src/index.ts': `export const t = 1;`,
  },
  'no-unlisted-package': {
    'apps/goals/src/of-a-stranger.ts': `import chalk from 'prettier'; export { chalk };`,
  },
  'not-to-unresolvable': {
    'apps/goals/src/of-nothing.ts': `export { x } from './nowhere.js';`,
  },
};

/** One import for each lib that it may not make; `libs/ours` is on no list. */
const strangers: readonly (readonly [lib: string, imported: string])[] = [
  ['contracts', 'http'],
  ['decider', 'event-store'],
  ['embedded', 'telemetry'],
  ['manager-baseline', 'contracts'],
  ['seeded', 'decider'],
  ['telemetry', 'decider'],
  ['testing', 'messaging'],
  ['identity', 'http'],
  ['event-store', 'messaging'],
  ['private-text', 'messaging'],
  ['projections', 'messaging'],
  ['deadlines', 'messaging'],
  ['http', 'messaging'],
  ['messaging', 'projections'],
  ['service', 'projections'],
  ['ours', 'decider'],
];

describe('the boundary rules', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'cairn-boundaries-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const cruise = (files: Record<string, string>, name: string) => {
    const dir = join(scratch, name);
    mkdirSync(join(dir, 'apps'), { recursive: true });
    mkdirSync(join(dir, 'libs'), { recursive: true });
    for (const file of ['.dependency-cruiser.mjs', 'tsconfig.base.json', 'package.json'])
      cpSync(join(root, file), join(dir, file));
    symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
    for (const [path, text] of Object.entries({ 'apps/goals/package.json': '{"name":"goals"}', ...files })) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
    }
    const run = spawnSync(process.execPath, [join(root, 'node_modules/.bin/depcruise'), 'apps', 'libs'], {
      cwd: dir,
      encoding: 'utf8',
    });
    return { status: run.status, output: run.stdout + run.stderr };
  };

  describe('on deliberate violations', () => {
    let found: ReturnType<typeof cruise>;
    beforeAll(() => {
      found = cruise(Object.assign({}, ...Object.values(violations)) as Record<string, string>, 'violations');
    });

    it.each(Object.entries(violations))('%s fails', (rule, files) => {
      expect(found.output).toContain(`error ${rule}: ${Object.keys(files)[0]} → `);
      expect(found.status).toBeGreaterThan(0);
    });
  });

  it('let a lib import what is on its list alone', () => {
    const files = strangers.flatMap(([lib, imported]) => [
      [`libs/${lib}/src/a.ts`, `export { s } from '../../${imported}/src/b.js';`],
      [`libs/${imported}/src/b.ts`, `export const s = 1;`],
    ]);
    const { output } = cruise(Object.fromEntries(files), 'strangers');
    for (const [lib, imported] of strangers)
      expect(output).toContain(
        `error libs-import-what-they-may: libs/${lib}/src/a.ts → libs/${imported}/src/b.ts`,
      );
  });

  it('list for each lib what its manifest names, and try each', async () => {
    const { mayImport } = (await import(join(root, '.dependency-cruiser.mjs'))) as {
      mayImport: Record<string, string[]>;
    };
    const named = readdirSync(join(root, 'libs')).map((lib) => {
      const { dependencies = {} } = JSON.parse(
        readFileSync(join(root, 'libs', lib, 'package.json'), 'utf8'),
      ) as { dependencies?: Record<string, string> };
      const ours = Object.keys(dependencies).filter((name) => name.startsWith('@cairn/'));
      return [lib, ours.map((name) => name.slice('@cairn/'.length)).sort()];
    });
    expect(mayImport).toEqual(Object.fromEntries(named));
    expect(strangers.map(([lib]) => lib).sort()).toEqual([...Object.keys(mayImport), 'ours'].sort());
  });

  it('leave no lib in the manifest of an app that does not import it', () => {
    // Started as processes of their own, by names put together.
    const started = ['bench goals'];
    const unused = readdirSync(join(root, 'apps')).flatMap((app) => {
      const read = (path: string) => readFileSync(join(root, 'apps', app, path), 'utf8');
      const sources = readdirSync(join(root, 'apps', app), { recursive: true, encoding: 'utf8' })
        .filter((path) => /\.(ts|mjs)$/.test(path) && !/(^|\/)(dist|node_modules)\//.test(path))
        .map(read)
        .join('\n');
      const { dependencies = {} } = JSON.parse(read('package.json')) as { dependencies?: object };
      const ours = Object.keys(dependencies).filter((name) => name.startsWith('@cairn/'));
      return ours
        .filter((name) => !sources.includes(`'${name}'`) && !sources.includes(`'${name}/`))
        .map((name) => `${app} ${name.slice('@cairn/'.length)}`);
    });
    expect(unused).toEqual(started);
  });

  it('pass where the standalone puts the services together', () => {
    const allowed = {
      'apps/standalone/src/main.ts': `export { s } from '../../sessions/src/app.module.js';`,
      'apps/sessions/src/app.module.ts': `export const s = 1;`,
    };
    expect(cruise(allowed, 'allowed')).toMatchObject({ status: 0 });
  });
});
