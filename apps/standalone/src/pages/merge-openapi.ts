/** As much of an OpenAPI 3 document as merging needs. */
export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly security?: readonly object[];
}

interface Operation {
  readonly operationId?: string;
  readonly tags?: readonly string[];
}

const DESCRIPTION = `Four services, each below its own name. What holds everywhere:

- Every request carries a bearer token: \`npm run --silent token -- --role hr\`, then **Authorize**. Each operation names its roles.
- Every command (POST, PUT, PATCH) carries an \`Idempotency-Key\` of your own: sent again with the same key, it takes effect once.
- Errors are problem documents (RFC 9457) whose \`type\` is stable and whose \`detail\` names the fix.
- Lists are paged by \`limit\` and \`cursor\`; where reports are lists, \`?format=csv\` gives a spreadsheet.`;

/** Shown after everything else of their service. */
const LAST = ['events', 'health'];

/**
 * One document for the one origin. The services' paths differ by their prefix; tags and operation ids get their service's
 * name. Schemas of the same name must be the same, otherwise a reference would mean another shape than its service wrote.
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
  const paths = documents.flatMap((document) => Object.entries(document.paths).map(ofService));
  const tags = paths.flatMap(([, operations]) =>
    Object.values(operations).flatMap((each) => each.tags ?? []),
  );
  return {
    openapi: documents[0]?.openapi ?? '3.0.0',
    info: { title: 'Cairn', version: documents[0]?.info.version ?? '0.1.0', description: DESCRIPTION },
    paths: Object.fromEntries(paths),
    components,
    tags: inOrder(new Set(tags)).map((name) => ({ name })),
    security: documents[0]?.security ?? [],
  };
}

function ofService([path, operations]: [string, Readonly<Record<string, Operation>>]): [
  string,
  Record<string, Operation>,
] {
  const service = path.split('/')[1]!;
  const named = Object.entries(operations).map(([method, operation]) => [
    method,
    {
      ...operation,
      ...(operation.operationId ? { operationId: `${service}_${operation.operationId}` } : {}),
      tags: (operation.tags ?? []).map((tag) => `${service}: ${tag}`),
    },
  ]);
  return [path, Object.fromEntries(named) as Record<string, Operation>];
}

/** Service by service, as they come; within one, health and the feed of events last. */
function inOrder(tags: ReadonlySet<string>): string[] {
  const rank = (tag: string) => LAST.indexOf(tag.split(': ')[1]!);
  const services = Map.groupBy(tags, (tag) => tag.split(': ')[0]!);
  return [...services.values()].flatMap((own) => own.toSorted((a, b) => rank(a) - rank(b)));
}
