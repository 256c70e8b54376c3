import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readdirSync } from 'node:fs';
import { Day, Instant, Uuid } from './fields.js';
import { contracts, envelopeSchema, goldenOf, openSchema } from './index.js';

const ajv = new Ajv2020({ strict: true, allErrors: true });
(addFormats as unknown as (a: Ajv2020) => void)(ajv);

describe('published events', () => {
  it('each has a golden example, and each golden example an event', () => {
    const files = ['enrollment', 'sessions', 'goals'].flatMap((context) =>
      readdirSync(new URL(`../golden/${context}/v1/`, import.meta.url)).map((f) => f.replace('.json', '')),
    );
    expect(files.sort()).toEqual([...contracts.keys()].sort());
  });

  it.each([...contracts.values()])('$name: its golden example keeps to its schema', (contract) => {
    const example = goldenOf(contract);
    const validate = ajv.compile(contract.schema);
    expect({ ok: validate(example.data), errors: validate.errors }).toEqual({ ok: true, errors: null });
    expect(example.type).toBe(contract.type);
    expect(example.dataschema).toBe(`urn:cairn:schema:${contract.context}:v1:${contract.name}`);
  });

  it.each([...contracts.values()])(
    '$name: publishers may add no field, consumers let new ones through',
    (contract) => {
      const data = { ...(goldenOf(contract).data as object), addedLater: true };
      expect(ajv.compile(contract.schema)(data)).toBe(false);
      expect(ajv.compile(openSchema(contract.schema) as object)(data)).toBe(true);
    },
  );

  /** Where a schema lets through what cannot be kept: a text of any length or look, a whole number of any size. */
  const boundless = (schema: unknown, at = ''): string[] => {
    if (schema === null || typeof schema !== 'object') return [];
    const { type, maxLength, pattern, minimum, maximum } = schema as Record<string, unknown>;
    const text = type === 'string' && maxLength === undefined && !/^\^[^*+]+\$$/.test(String(pattern));
    const whole = type === 'integer' && (minimum === undefined || maximum === undefined);
    return [
      ...(text || whole ? [at] : []),
      ...Object.entries(schema).flatMap(([name, member]) => boundless(member, `${at}/${name}`)),
    ];
  };
  it.each([...contracts.values()])('$name: each text and each whole number has a bound', (contract) => {
    expect(boundless(envelopeSchema(contract))).toEqual([]);
  });

  it.each([
    ['Instant', Instant, ['2026-03-01T09:00:00.000Z', '9999-12-31T23:59:59Z']],
    ['Day', Day, ['1900-01-01', '9999-12-31']],
    ['Uuid', Uuid, ['11111111-1111-4111-8111-11111111111a']],
  ])('%s takes what is one', (_, schema, values) => {
    for (const value of values) expect([value, ajv.validate(schema, value)]).toEqual([value, true]);
  });

  it.each([
    ['Instant', Instant, ['0000-01-01T00:00:00Z', '2016-12-31T23:59:60Z', '2026-03-01 09:00:00Z']],
    [
      'Instant',
      Instant,
      ['2026-03-01T09:00:00+01:00', '2026-02-30T09:00:00Z', `2026-03-01T09:00:00.${'1'.repeat(99)}Z`],
    ],
    ['Day', Day, ['0000-01-01', '2026-02-30']],
    ['Uuid', Uuid, ['urn:uuid:11111111-1111-4111-8111-111111111111', '11111111-1111-4111-8111-11111111111A']],
  ])(
    '%s takes nothing that PostgreSQL or JavaScript could not read, or would read as another',
    (_, schema, values) => {
      for (const value of values) expect([value, ajv.validate(schema, value)]).toEqual([value, false]);
    },
  );

  it('what carries a rating or an opinion is for the sensitive topic', () => {
    const sensitive = [...contracts.values()].filter((c) =>
      c.sensitive(goldenOf(c).data as Record<string, unknown>),
    );
    expect(sensitive.map((c) => c.name).sort()).toEqual([
      'EngagementScoreRecorded',
      'FitSignalRecorded',
      'GoalsShown',
      'LeavingReasonRecorded',
      'PeopleShown',
      'PerformanceRatingRecorded',
      'PrioritiesIdentified',
      'ProgramFeedbackGiven',
      'PulsesReleased',
      'RematchRequested',
      'ResultsReleased',
      'SessionRated',
      'SessionThemesRecorded',
      'SessionsShown',
    ]);
    expect(contracts.get('AttainmentScored')!.sensitive({ scorer: 'observed' })).toBe(true);
  });
});
