import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Matches1764000000030 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE matches (
        match_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        enrollment_id uuid NOT NULL REFERENCES enrollments,
        program_id uuid NOT NULL,
        cohort_id uuid NOT NULL,
        person_id uuid NOT NULL,
        -- The coach who was proposed or matched last.
        coach_id uuid REFERENCES coaches,
        -- The bulk run that matched it.
        run_id uuid,
        version integer NOT NULL,
        status text NOT NULL,
        state jsonb NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX one_open_match ON matches (enrollment_id)
      WHERE status IN ('requested', 'shortlisted', 'proposed', 'active')`);
    await queryRunner.query('CREATE INDEX matches_of_enrollment ON matches (enrollment_id, created_at)');
    await queryRunner.query('CREATE INDEX matches_of_coach ON matches (coach_id, match_id)');
    await queryRunner.query('CREATE INDEX matches_of_cohort ON matches (tenant_id, cohort_id, match_id)');
    await queryRunner.query('CREATE INDEX matches_by_tenant ON matches (tenant_id, match_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE matches');
  }
}
