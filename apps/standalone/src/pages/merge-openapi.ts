/** As much of an OpenAPI 3 document as merging needs. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, object>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly security?: readonly object[];
}

/**
 * One document for the one origin. The services' paths differ by their prefix; schemas of the same name must be the same,
 * otherwise a reference would mean another shape than its service wrote.
 * @throws Error naming two schemas that clash
 */
export function mergeOpenApi(documents: readonly OpenApi[]): OpenApi {
  const components: Record<string, Record<string, unknown>> = {};
  for (const document of documents) {
    for (const [section, entries] of Object.entries(document.components ?? {})) {
      const known = (components[section] ??= {});
      for (const [name, entry] of Object.entries(entries)) {
        if (name in known && JSON.stringify(known[name]) !== JSON.stringify(entry))
          throw new Error(`two services describe ${section}/${name} differently: rename one of the classes`);
        known[name] = entry;
      }
    }
  }
  return {
    openapi: documents[0]?.openapi ?? '3.0.0',
    info: {
      title: 'Cairn',
      version: documents[0]?.info.version ?? '0.1.0',
      description:
        'The APIs of the four services. Commands need an Idempotency-Key; every request needs a bearer token.',
    },
    paths: Object.assign({}, ...documents.map((document) => document.paths)) as OpenApi['paths'],
    components,
    tags: documents.flatMap((document) => document.tags ?? []),
    security: documents[0]?.security ?? [],
  };
}
