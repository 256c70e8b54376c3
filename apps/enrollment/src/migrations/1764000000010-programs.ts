import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Programs1764000000010 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE programs (
        program_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        version integer NOT NULL,
        state jsonb NOT NULL,
        -- The places of the programme; whoever changes an enrolment locks this row first.
        capacity integer NOT NULL CHECK (capacity > 0),
        -- What may be taken: the capacity, or what was taken already when it was lowered.
        ceiling integer NOT NULL CHECK (ceiling >= capacity),
        places_taken integer NOT NULL DEFAULT 0 CHECK (places_taken >= 0),
        free_since timestamptz,
        next_in_queue bigint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL,
        CONSTRAINT places_hold CHECK (places_taken <= ceiling)
      )`);
    await queryRunner.query('CREATE INDEX programs_by_tenant ON programs (tenant_id, program_id)');
    await queryRunner.query(`
      CREATE TABLE enrollments (
        enrollment_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        program_id uuid NOT NULL REFERENCES programs,
        cohort_id uuid NOT NULL,
        person_id uuid NOT NULL,
        version integer NOT NULL,
        status text NOT NULL,
        state jsonb NOT NULL,
        -- Place in the queue while waitlisted: lower came first.
        queue bigint,
        created_at timestamptz NOT NULL
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX one_open_enrollment ON enrollments (tenant_id, program_id, person_id)
      WHERE status IN ('nominated', 'waitlisted', 'invited', 'expired', 'active', 'paused')`);
    await queryRunner.query(
      `CREATE INDEX enrollments_waiting ON enrollments (program_id, queue) WHERE status = 'waitlisted'`,
    );
    await queryRunner.query(
      'CREATE INDEX enrollments_of_program ON enrollments (tenant_id, program_id, enrollment_id)',
    );
    await queryRunner.query('CREATE INDEX enrollments_of_person ON enrollments (tenant_id, person_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE enrollments');
    await queryRunner.query('DROP TABLE programs');
  }
}
