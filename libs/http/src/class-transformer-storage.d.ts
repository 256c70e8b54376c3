/** Where `@Type()` keeps what it was told; the package ships the declaration under another path than the code. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
