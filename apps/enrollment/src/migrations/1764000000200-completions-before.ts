import { derivedId } from '@cairn/event-store';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Engagements that were complete before coaches were reassessed count, too: those of the last match of a completed enrolment,
 * where that match ended with it. Their ids are those that sessions gives them, so that none counts twice.
 */
export class CompletionsBefore1764000000200 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const rows = (await queryRunner.query(`
      SELECT DISTINCT ON (m.enrollment_id) m.match_id, m.tenant_id, m.coach_id, m.status,
        m.state->>'lastOccurredAt' AS ended_at
        FROM matches m JOIN enrollments e USING (enrollment_id)
       WHERE e.status = 'completed' AND m.status IN ('ended', 'withdrawn')
         -- What the coachee said at the end came after it.
         AND (m.state->>'lastOccurredAt' >= least(e.state->>'endsAt', e.state->>'lastOccurredAt')
           OR e.state->'feedback' ? 'end')
       ORDER BY m.enrollment_id, m.state->>'lastOccurredAt' DESC, m.status`)) as Ended[];
    const ended = rows.filter(({ status }) => status === 'ended');
    await queryRunner.query(
      `INSERT INTO completed_engagements (engagement_id, tenant_id, coach_id, completed_at)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[]) ON CONFLICT DO NOTHING`,
      [
        ended.map(({ match_id }) => derivedId(match_id, 'engagement')),
        ended.map(({ tenant_id }) => tenant_id),
        ended.map(({ coach_id }) => coach_id),
        ended.map(({ ended_at }) => ended_at),
      ],
    );
  }

  async down(): Promise<void> {
    // What sessions has told since is kept in the same rows.
  }
}

interface Ended {
  readonly match_id: string;
  readonly tenant_id: string;
  readonly coach_id: string;
  readonly status: string;
  readonly ended_at: string;
}
