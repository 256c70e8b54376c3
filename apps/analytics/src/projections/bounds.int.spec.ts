import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { contracts, envelopeSchema, goldenOf, type Contract, type Envelope } from '@cairn/contracts';
import { understand } from '@cairn/messaging';
import { testDatabase, type TestDatabase } from '@cairn/testing';
import { randomInt } from 'node:crypto';
import { migrateLog, openLog, type IntakeLog } from '../intake/log.js';
import { PROJECTIONS } from './index.js';

/** As much of a JSON Schema as the contracts use. */
interface Schema {
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
}

interface Side {
  readonly instant: string;
  readonly day: string;
  readonly number: (schema: Schema) => number;
  readonly text: (schema: Schema) => string;
}
const SIDES: Readonly<Record<string, Side>> = {
  lower: {
    instant: '1000-01-01T00:00:00Z',
    day: '1000-01-01',
    number: ({ minimum = -Number.MAX_VALUE, exclusiveMinimum }) =>
      exclusiveMinimum === undefined ? minimum : exclusiveMinimum + Number.MIN_VALUE,
    text: ({ minLength }) => "'".repeat(minLength ?? 0),
  },
  upper: {
    instant: '9999-12-31T23:59:59.999999999Z',
    day: '9999-12-31',
    number: ({ maximum = Number.MAX_VALUE }) => maximum,
    // Of characters of four bytes that cannot be compressed.
    text: ({ maxLength: length = 0 }) =>
      Array.from({ length }, () => String.fromCodePoint(randomInt(0x1f300, 0x1f600))).join(''),
  },
};

/** What the schema lets in at this side; `golden` where it leaves no choice. */
function most(schema: Schema, golden: unknown, side: Side): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return golden ?? schema.enum[0];
  if (schema.anyOf) return golden ?? most(schema.anyOf[0]!, golden, side);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, member]) => [
          name,
          most(member, (golden as Record<string, unknown> | undefined)?.[name], side),
        ]),
      );
    case 'array': {
      const item = (golden as unknown[] | undefined)?.[0];
      return Array.from({ length: Math.min(schema.maxItems ?? 50, 50) }, () =>
        most(schema.items!, item, side),
      );
    }
    case 'integer':
    case 'number':
      return side.number(schema);
    case 'string':
      if (schema.format === 'date-time') return side.instant;
      if (schema.format === 'date') return side.day;
      if (schema.maxLength && !schema.pattern) return side.text(schema);
      if (schema.format === 'uuid') return golden ?? goldenOf([...contracts.values()][0]!).id;
      return golden ?? (schema.maxLength ? 'code' : 'EUR');
    default:
      return golden ?? true;
  }
}

let database: TestDatabase;
let log: IntakeLog;
beforeAll(async () => {
  database = await testDatabase();
  await migrateLog(database.pool);
  log = openLog(database.pool);
  for (const { create, indexes } of PROJECTIONS.flatMap(({ tables }) => tables)) {
    await database.pool.query(create);
    if (indexes) await database.pool.query(indexes);
  }
});
afterAll(async () => {
  await log?.close();
  await database?.drop();
});

/** What is let in nobody may refuse any more: one event that could not be projected would stop every report. */
describe.each(Object.entries(SIDES))('at the %s bound of its contract', (_, side) => {
  it.each([...contracts.values()] as Contract[])('$name is taken in and projected', async (contract) => {
    const schema = envelopeSchema(contract) as Schema;
    const bounds = most(schema, goldenOf(contract), side) as Envelope;
    // The log leaves out what is there already, by its place.
    const envelope = {
      ...bounds,
      logposition: [...contract.name, ...bounds.logposition].slice(0, 255).join(''),
    };
    const message = { key: envelope.subject, value: Buffer.from(JSON.stringify(envelope)) };
    expect(understand(message)).not.toHaveProperty('fault');
    const before = await log.head();
    const client = await database.pool.connect();
    try {
      expect(await log.appendIn(client, [envelope])).toBe(1);
      const batch = await log.readAll(before, 10);
      for (const projection of PROJECTIONS) await projection.apply(client, batch);
    } finally {
      client.release();
    }
  });
});
