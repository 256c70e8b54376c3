/**
 * Jest's runtime, which gives each spec file modules of its own. What it works out for that is the same for the next file,
 * though: where a module lies, what an installed or built file holds, and what V8 makes of it. A service is some 3,000
 * modules, so a worker keeps this from one file to the next.
 */
import Runtime from 'jest-runtime';
import vm from 'node:vm';

/** Emptied by nobody. */
class Kept extends Map {
  clear() {}
}

const resolved = { cjs: new Kept(), esm: new Kept() };
const sources = new Map();
const INSTALLED_OR_BUILT = /\/(node_modules|dist)\//;

export default class KeepingRuntime extends Runtime {
  constructor(...args) {
    super(...args);
    this._resolution.cjsCache = resolved.cjs;
    this._resolution.esmCache = resolved.esm;
    const { transformCache } = this;
    const transform = transformCache.transform.bind(transformCache);
    transformCache.transform = (file, options) => {
      if (!INSTALLED_OR_BUILT.test(file)) return transform(file, options);
      if (!sources.has(file)) sources.set(file, transform(file, options));
      return sources.get(file);
    };
  }
}

/** What V8 has made of a source: given back, it does not parse it again. */
const compiled = new Map();
const of = (file, source) => {
  const known = compiled.get(file);
  return known?.source === source ? known.data : undefined;
};

const { compileFunction, SourceTextModule } = vm;
vm.compileFunction = (source, parameters, options) => {
  const { filename } = options;
  const cachedData = of(filename, source);
  const made = compileFunction(source, parameters, {
    ...options,
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
    super(source, { ...options, cachedData });
    if (!cachedData) compiled.set(identifier, { source, data: this.createCachedData() });
  }
};
