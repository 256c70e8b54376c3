import Type, { type TProperties, type TObject } from 'typebox';

export type Context = 'enrollment' | 'sessions' | 'goals';

/** One published event type: its pinned name, its JSON Schema, and who may read it. */
export interface Contract<Name extends string = string, Schema extends TObject = TObject> {
  readonly context: Context;
  readonly name: Name;
  /** The CloudEvents type, e.g. `cairn.sessions.session-completed.v1`. */
  readonly type: string;
  readonly version: 1;
  /** Schema of `data`. Publishers may add nothing to it; consumers ignore what they do not know (see `openSchema`). */
  readonly schema: Schema;
  /** Carries a person's opinion or rating, or says who was looked at: goes to the sensitive topic, which only Cairn's own services may read. */
  readonly sensitive: IsSensitive;
  /** The topics on which it can be. */
  readonly on: readonly ('open' | 'sensitive')[];
}

export type IsSensitive = (data: Readonly<Record<string, unknown>>) => boolean;

const kebab = (name: string) => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();

/** Declares a published event. `sensitive` is `true`, or a rule over the data where only some of them are. */
export function published<Name extends string, Fields extends TProperties>(
  context: Context,
  name: Name,
  fields: Fields,
  sensitive: boolean | IsSensitive = false,
) {
  const isRule = typeof sensitive === 'function';
  const schema = Type.Object(fields, { additionalProperties: false });
  return {
    context,
    name,
    type: `cairn.${context}.${kebab(name)}.v1`,
    version: 1 as const,
    schema,
    sensitive: isRule ? sensitive : () => sensitive,
    on: isRule
      ? (['open', 'sensitive'] as const)
      : sensitive
        ? (['sensitive'] as const)
        : (['open'] as const),
  } satisfies Contract<Name, typeof schema>;
}

/** The same schema as a consumer reads it: fields that a later publisher adds are let through. */
export function openSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(openSchema);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(key === 'additionalProperties' && value === false))
      .map(([key, value]) => [key, openSchema(value)]),
  );
}
