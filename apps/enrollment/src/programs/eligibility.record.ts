import { derivedId } from '@cairn/event-store';
import { same } from '../same.js';
import type { Transaction } from '../transact.js';
import type { Assessed } from './assess.js';
import type { EligibilityEvent } from './program.events.js';

interface Known {
  readonly person_id: string;
  readonly version: number;
  readonly rule_version: number;
  readonly eligible: boolean;
  readonly rule_codes: readonly string[];
  readonly evaluated_at: Date;
}

/** What the latest recorded evaluation said of somebody. */
export interface Evaluated {
  readonly eligible: boolean;
  /** Of the rules that did not hold. */
  readonly ruleCodes: readonly string[];
  readonly asOf: string;
}

/** The latest evaluation by these rules that was there at the time of the command, and not what a nomination asked itself. */
export async function latestEvaluation(
  { client, identity }: Transaction,
  programId: string,
  ruleVersion: number,
  personId: string,
): Promise<Evaluated | undefined> {
  const { rows } = await client.query<Evaluated>(
    `SELECT eligible, rule_codes AS "ruleCodes", as_of::text AS "asOf" FROM eligibilities
      WHERE program_id = $1 AND person_id = $2 AND rule_version = $3 AND as_of IS NOT NULL AND evaluated_at <= $4`,
    [programId, personId, ruleVersion, identity.occurredAt],
  );
  return rows[0];
}

/**
 * Records what the rules said of these people, each in a stream of their own: an event only where it differs from the last
 * time, and nothing that is older than it. The people come in the order of their ids.
 *
 * @param asOf the day of an evaluation, or null where a nomination asks
 */
export async function recordEligibility(
  tx: Transaction,
  programId: string,
  ruleVersion: number,
  people: readonly Assessed[],
  asOf: string | null,
): Promise<void> {
  const { occurredAt } = tx.identity;
  const { rows } = await tx.client.query<Known>(
    `SELECT person_id, version, rule_version, eligible, rule_codes, evaluated_at FROM eligibilities
      WHERE program_id = $1 AND person_id = ANY ($2) ORDER BY person_id FOR UPDATE`,
    [programId, people.map(({ personId }) => personId)],
  );
  const known = new Map(rows.map((row) => [row.person_id, row]));
  const newest = people.flatMap(({ personId, eligible, rules }) => {
    const before = known.get(personId);
    const ruleCodes = rules.filter(({ holds }) => !holds).map(({ code }) => code);
    const unchanged =
      before !== undefined &&
      before.rule_version === ruleVersion &&
      before.eligible === eligible &&
      same(before.rule_codes, ruleCodes);
    if (before !== undefined && before.evaluated_at.toISOString() > occurredAt) return [];
    return [{ personId, eligible, ruleCodes, unchanged, version: before?.version ?? 0 }];
  });
  if (newest.length === 0) return;
  await tx.client.query(
    `INSERT INTO eligibilities (program_id, person_id, version, rule_version, eligible, rule_codes, evaluated_at, as_of)
     SELECT $1, r.person_id, r.version, $2, r.eligible, r.rule_codes, $3, $5::date
       FROM jsonb_to_recordset($4) AS r (person_id uuid, version int, eligible boolean, rule_codes text[])
     ON CONFLICT (program_id, person_id) DO UPDATE
       SET version = excluded.version, rule_version = excluded.rule_version, eligible = excluded.eligible,
           rule_codes = excluded.rule_codes, evaluated_at = excluded.evaluated_at, as_of = excluded.as_of`,
    [
      programId,
      ruleVersion,
      occurredAt,
      JSON.stringify(
        newest.map(({ personId, eligible, ruleCodes, unchanged, version }) => ({
          person_id: personId,
          version: unchanged ? version : version + 1,
          eligible,
          rule_codes: ruleCodes,
        })),
      ),
      asOf,
    ],
  );
  for (const { personId, eligible, ruleCodes, unchanged, version } of newest) {
    if (unchanged) continue;
    const data = { programId, personId, ruleVersion, eligible, ruleCodes };
    const event: EligibilityEvent = { type: 'EligibilityEvaluated', occurredAt, data };
    tx.append(eligibilityStream(programId, personId), [event], version);
  }
}

const eligibilityStream = (programId: string, personId: string): string =>
  `eligibility-${derivedId(programId, personId)}`;
