import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each party's words have a stream and an order of their own: what one may say tells nothing of when the other has spoken.
 * What was kept of the stream that they had together stays as it is, for the way back.
 */
export class SignalsByParty1764000000260 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE match_opinions
        -- Of the streams fit-<match>-coachee and fit-<match>-coach.
        ADD COLUMN coachee_version int NOT NULL DEFAULT 0,
        ADD COLUMN coach_version int NOT NULL DEFAULT 0,
        ADD COLUMN coachee_at timestamptz,
        ADD COLUMN coach_at timestamptz
    `);
    await queryRunner.query(`
      UPDATE match_opinions SET coachee_at = CASE WHEN coachee IS NOT NULL THEN signalled_at END,
                                coach_at = CASE WHEN coach IS NOT NULL THEN signalled_at END`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE match_opinions DROP COLUMN coachee_version, DROP COLUMN coach_version,
        DROP COLUMN coachee_at, DROP COLUMN coach_at`);
  }
}
