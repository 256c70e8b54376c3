import highsModule from 'highs';

/** HiGHS, compiled to WebAssembly. Its types are those of a CommonJS module, which it is not. */
export const load = highsModule as unknown as typeof highsModule.default;
