import type { Role } from '@cairn/identity';
import type { Client } from './client.js';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly example?: unknown;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Documented {
  readonly 'x-roles'?: readonly Role[];
  readonly summary?: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly headers?: object; readonly content?: object }>>;
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { schema: Schema; examples?: Record<string, { value: unknown }> }>
    >;
  };
}

/** One endpoint, as the API reference describes it. */
export interface Operation {
  /** For example `POST /enrollment/v1/programs`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Undefined where no token is asked for. */
  readonly roles: readonly Role[] | undefined;
  readonly summary: string | undefined;
  readonly isCommand: boolean;
  readonly pathIds: readonly string[];
  /** Query parameters that take an id. */
  readonly queryIds: readonly string[];
  readonly query: readonly string[];
  /** Members of the body that take an id. */
  readonly bodyIds: readonly string[];
  /** A body that is accepted as far as its form goes, and its media type. */
  readonly body: unknown;
  /** The same with every member that may be given. */
  readonly fullBody: unknown;
  readonly contentType: string | undefined;
  /** Header parameters by name, and whether the endpoint cannot do without. */
  readonly headers: Readonly<Record<string, boolean>>;
  /** Statuses with a response of their own, and whether a success carries an ETag. */
  readonly statuses: readonly string[];
  readonly hasEtag: boolean;
}

/** Every endpoint of the one origin, from its OpenAPI document. */
export async function operationsOf(client: Client): Promise<Operation[]> {
  const document = await client.good(null, { path: '/openapi.json' });
  const schemas = (document.components as { schemas: Record<string, Schema> }).schemas;
  const resolved = (schema: Schema): Schema => {
    if (schema.$ref !== undefined) return resolved(schemas[schema.$ref.split('/').at(-1)!]!);
    if (schema.allOf) return { ...resolved(schema.allOf[0]!), ...schema };
    return schema;
  };

  /** A value that the schema takes: its example, or the least there is; with `every`, all members that there may be. */
  const sampleOf = (given: Schema, every = false): unknown => {
    const schema = resolved(given);
    if (schema.example !== undefined && !(every && schema.properties)) return schema.example;
    if (schema.properties) {
      const names = every ? Object.keys(schema.properties) : (schema.required ?? []);
      return Object.fromEntries(names.map((name) => [name, sampleOf(schema.properties![name]!, every)]));
    }
    if (schema.enum) return schema.enum[0];
    if (schema.default !== undefined) return schema.default;
    switch (schema.type) {
      case 'array':
        return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () =>
          sampleOf(schema.items ?? {}, every),
        );
      case 'integer':
      case 'number':
        return schema.minimum ?? 1;
      case 'boolean':
        return false;
      default:
        if (schema.format === 'uuid') return crypto.randomUUID();
        if (schema.format === 'date') return '2024-03-01';
        return schema.format === 'date-time' ? '2024-03-01T09:00:00Z' : 'something';
    }
  };

  return Object.entries(document.paths as Record<string, Record<string, Documented>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Operation => {
        const { parameters = [], requestBody, responses } = operation;
        const named = (where: Parameter['in']) => parameters.filter((parameter) => parameter.in === where);
        const [contentType, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
        const example = Object.values(content?.examples ?? {})[0]?.value;
        const properties = content ? (resolved(content.schema).properties ?? {}) : {};
        return {
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path,
          roles: operation['x-roles'],
          summary: operation.summary,
          isCommand: named('header').some(({ name }) => name === 'Idempotency-Key'),
          pathIds: named('path').map(({ name }) => name),
          queryIds: named('query')
            .filter(({ schema }) => resolved(schema).format === 'uuid')
            .map(({ name }) => name),
          query: named('query').map(({ name }) => name),
          bodyIds: Object.keys(properties).filter((name) => resolved(properties[name]!).format === 'uuid'),
          body: content && (example ?? sampleOf(content.schema)),
          fullBody: content && sampleOf(content.schema, true),
          contentType,
          headers: Object.fromEntries(named('header').map((each) => [each.name, each.required === true])),
          statuses: Object.keys(responses),
          hasEtag: Object.entries(responses).some(
            ([status, { headers = {} }]) => status.startsWith('2') && 'ETag' in headers,
          ),
        };
      }),
  );
}
