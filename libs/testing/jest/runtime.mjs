/**
 * Jest's runtime, which gives each spec file modules of its own. What is installed and built is loaded by Node instead,
 * once for all files of a worker: a service is some 3,000 such modules. And whatever Jest runs runs in Node's own global
 * scope (`environment.mjs`).
 */
import Runtime from 'jest-runtime';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { types } from 'node:util';
import vm from 'node:vm';

const require = createRequire(import.meta.url);
const ROOT = join(import.meta.dirname, '../../..');
const INSTALLED_OR_BUILT = /\/(node_modules|dist)\//;
const isNodes = (file) => file.startsWith(ROOT) && INSTALLED_OR_BUILT.test(file.slice(ROOT.length));

/** Where a module lies; for the next file it lies there too. */
class Kept extends Map {
  clear() {}
}
const resolved = { cjs: new Kept(), esm: new Kept() };

export default class SharingRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    const { _resolution: resolution, cjsExportsCache: lexer } = this;
    resolution.cjsCache = resolved.cjs;
    resolution.esmCache = resolved.esm;
    const { shouldLoadAsEsm, isExplicitlyCommonjs } = resolution;
    resolution.shouldLoadAsEsm = (file) => !isNodes(file) && shouldLoadAsEsm.call(resolution, file);
    resolution.isExplicitlyCommonjs = (file) => isNodes(file) || isExplicitlyCommonjs.call(resolution, file);
    // Found on what has been loaded instead.
    const { getExportsOf } = lexer;
    lexer.getExportsOf = (from, file) => (isNodes(file) ? [] : getExportsOf.call(lexer, from, file));
  }

  requireModuleOrMock(from, name) {
    if (this._resolution.isCoreModule(name)) return super.requireModuleOrMock(from, name);
    const file = this._resolution.resolveCjs(from, name);
    return isNodes(file) ? require(file) : super.requireModuleOrMock(from, name);
  }
}

/** What V8 has made of a source: given back, it does not parse it again. */
const compiled = new Map();
const of = (file, source) => {
  const known = compiled.get(file);
  return known?.source === source ? known.data : undefined;
};

const { compileFunction, SourceTextModule, SyntheticModule } = vm;
vm.compileFunction = (source, parameters, options) => {
  const { filename } = options;
  const cachedData = of(filename, source);
  const made = compileFunction(source, parameters, {
    ...options,
    parsingContext: undefined,
    cachedData,
    produceCachedData: !cachedData,
  });
  if (made.cachedData) compiled.set(filename, { source, data: made.cachedData });
  return made;
};
vm.SourceTextModule = class extends SourceTextModule {
  constructor(source, options) {
    const { identifier } = options;
    const cachedData = of(identifier, source);
    super(source, { ...options, context: undefined, cachedData });
    if (!cachedData) compiled.set(identifier, { source, data: this.createCachedData() });
  }
};
vm.SyntheticModule = class extends SyntheticModule {
  constructor(names, evaluate, { identifier }) {
    const loaded = isNodes(identifier) ? require(identifier) : undefined;
    // Of an ECMAScript module Jest would make the namespace the default export, as of a CommonJS one.
    if (types.isModuleNamespaceObject(loaded))
      super(
        Object.keys(loaded),
        function () {
          for (const name of Object.keys(loaded)) this.setExport(name, loaded[name]);
        },
        { identifier },
      );
    else super(names, evaluate, { identifier });
  }
};
