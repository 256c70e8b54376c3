import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { readdirSync } from 'node:fs';
import { contracts, goldenOf, openSchema } from './index.js';

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
