/** Unit, integration and end-to-end specs differ only by file name; one configuration runs all of them. */
// The log of a service under test is noise unless asked for.
process.env.LOG_LEVEL ??= 'error';

const swc = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

export default {
  testEnvironment: '<rootDir>/libs/testing/jest/environment.mjs',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/docs', '<rootDir>/scripts'],
  testMatch: ['**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['/dist/'],
  transformIgnorePatterns: ['/node_modules/', '/dist/'],
  testTimeout: 180_000,
  runtime: '<rootDir>/libs/testing/jest/runtime.mjs',
  testSequencer: '<rootDir>/libs/testing/jest/sequencer.mjs',
  globalSetup: '<rootDir>/libs/testing/jest/setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/jest/teardown.mjs',
};
