import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Assessments1764000000101 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE assessments (
        assessment_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        enrollment_id uuid NOT NULL REFERENCES enrollments,
        program_id uuid NOT NULL,
        cohort_id uuid NOT NULL,
        person_id uuid NOT NULL,
        version integer NOT NULL,
        status text NOT NULL,
        state jsonb NOT NULL,
        answered jsonb NOT NULL,
        uncounted jsonb NOT NULL,
        created_at timestamptz NOT NULL
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX one_open_assessment ON assessments (enrollment_id)
      WHERE status IN ('requested', 'collecting', 'closed')`);
    await queryRunner.query(
      'CREATE INDEX assessments_of_enrollment ON assessments (enrollment_id, created_at)',
    );
    await queryRunner.query('CREATE INDEX assessments_of_person ON assessments (tenant_id, person_id)');
    await queryRunner.query('CREATE INDEX assessments_by_tenant ON assessments (tenant_id, assessment_id)');
    await queryRunner.query(`
      CREATE TABLE assessment_raters (
        rater_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        assessment_id uuid NOT NULL REFERENCES assessments,
        category text NOT NULL,
        person_id uuid,
        answered boolean NOT NULL,
        token_hash bytea UNIQUE,
        UNIQUE (assessment_id, person_id)
      )`);
    // No rater, no time, no order: not one column of it may tell whose answer a row is.
    await queryRunner.query(`
      CREATE TABLE assessment_answers (
        answer_key uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        assessment_id uuid NOT NULL REFERENCES assessments,
        category text NOT NULL,
        items jsonb NOT NULL
      )`);
    await queryRunner.query('CREATE INDEX answers_of_assessment ON assessment_answers (assessment_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE assessment_answers, assessment_raters, assessments');
  }
}
