import type { MigrationInterface, QueryRunner } from 'typeorm';

/** While another coach is looked for, the match with the former one goes on; what sessions says of it, and what the two think. */
export class Rematches1764000000160 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX one_open_match;
      CREATE UNIQUE INDEX one_sought_match ON matches (enrollment_id)
        WHERE status IN ('requested', 'shortlisted', 'proposed');
      CREATE UNIQUE INDEX one_running_match ON matches (enrollment_id) WHERE status IN ('active', 'atRisk');
      CREATE TABLE engagement_courses (
        engagement_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        course jsonb NOT NULL
      );
      -- Opinion: shown to nobody but those whose it is.
      CREATE TABLE match_opinions (
        engagement_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        coachee text,
        coach text,
        -- Of the stream fit-<match>.
        version int NOT NULL DEFAULT 0,
        signalled_at timestamptz,
        low boolean NOT NULL DEFAULT false,
        rated_at timestamptz
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE engagement_courses, match_opinions');
    await queryRunner.query('DROP INDEX one_sought_match, one_running_match');
    await queryRunner.query(`CREATE UNIQUE INDEX one_open_match ON matches (enrollment_id)
      WHERE status IN ('requested', 'shortlisted', 'proposed', 'active')`);
  }
}
