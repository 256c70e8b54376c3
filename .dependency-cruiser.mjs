/** What may import what (docs/explanation/architecture.md). Each rule is proved by scripts/boundaries.spec.ts on a deliberate violation. */
const apps = 'enrollment|sessions|goals|analytics|standalone|demo|bench|chaos|attack';

/** Each lib, and which of our libs it may import outside its specs. A lib that is not listed may import none. */
export const mayImport = {
  contracts: [],
  decider: [],
  embedded: [],
  'manager-baseline': [],
  seeded: [],
  telemetry: [],
  testing: ['embedded'],
  identity: ['decider'],
  'event-store': ['decider'],
  'private-text': ['decider', 'event-store'],
  projections: ['event-store'],
  deadlines: ['decider', 'event-store', 'telemetry'],
  http: ['decider', 'event-store', 'identity', 'telemetry'],
  messaging: ['contracts', 'decider', 'event-store', 'telemetry'],
  service: ['contracts', 'deadlines', 'decider', 'event-store', 'http', 'identity', 'messaging', 'telemetry'],
};

/** Specs, and what is there for specs. */
const forSpecs = ['\\.spec\\.ts$', '/test/', '/src/testing/', '/conformance/'];

/** The list above as rules of one name: whoever is not named may not be imported. */
const libsImportWhatTheyMay = [
  ...Object.entries(mayImport).map(([lib, allowed]) => [`^libs/${lib}/src/`, [lib, ...allowed]]),
  [`^libs/(?!(${Object.keys(mayImport).join('|')})/)([^/]+)/src/`, ['$2']],
].map(([from, allowed]) => ({
  name: 'libs-import-what-they-may',
  severity: 'error',
  from: { path: from, pathNot: forSpecs },
  to: { path: '^libs/', pathNot: allowed.map((lib) => `^libs/${lib}/`) },
}));

export default {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-app-imports-another-app',
      comment:
        'Services talk through events alone. Only standalone and bench put them together, by their app.module; ops knows the projections, the attack asks the reports, and the bench measures matching.',
      severity: 'error',
      from: { path: `^apps/(${apps})/` },
      to: {
        path: `^apps/(${apps})/`,
        pathNot: [
          '^apps/$1/',
          '^apps/(enrollment|sessions|goals|analytics)/(src|dist)/app\\.module\\.',
          '^apps/analytics/(src|dist)/(projections|reports)/index\\.',
          '^apps/enrollment/(src|dist)/matching/index\\.',
        ],
      },
    },
    {
      name: 'only-standalone-imports-app-modules',
      severity: 'error',
      from: { path: `^apps/(${apps})/`, pathNot: '^apps/(standalone|bench|attack)/' },
      to: { path: `^apps/(${apps})/`, pathNot: '^apps/$1/' },
    },
    {
      name: 'attack-imports-reports-alone',
      severity: 'error',
      from: { path: '^apps/attack/' },
      to: {
        path: `^apps/(${apps})/`,
        pathNot: ['^apps/attack/', '^apps/analytics/(src|dist)/reports/index\\.'],
      },
    },
    {
      name: 'no-lib-imports-an-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    ...libsImportWhatTheyMay,
    {
      name: 'demo-proves-by-itself',
      comment:
        'What the demo works out again shares no code with analytics: of our libs it has its place, its tokens and its dice.',
      severity: 'error',
      from: { path: '^apps/demo/src/' },
      to: { path: '^libs/', pathNot: '^libs/(identity|embedded|seeded)/' },
    },
    {
      name: 'deciders-are-pure',
      comment: 'A decision knows no clock, no I/O, no framework.',
      severity: 'error',
      from: { path: '\\.decider\\.ts$' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'temporal-polyfill' },
    },
    {
      name: 'testing-is-for-specs',
      comment: 'And for the bench and the chaos run, on servers like those that the specs run on.',
      severity: 'error',
      from: {
        path: '^(apps|libs)/',
        pathNot: [
          '\\.spec\\.ts$',
          '^libs/testing/',
          '^apps/(bench|chaos)/',
          '/test/',
          '/testing/',
          '/conformance/',
        ],
      },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-unlisted-package',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['\\.spec\\.ts$', '/test/', '/testing/', '/conformance/'] },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'npm-dev'] },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'default', 'types', 'node'],
      extensions: ['.ts', '.js', '.json'],
    },
    tsConfig: { fileName: 'tsconfig.base.json' },
  },
};
