import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What sessions has said of the units that an enrolment's sessions hold: nothing is taken back that is in use. */
export class SessionsUsed1764000000070 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE known_sessions (
        session_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        enrollment_id uuid NOT NULL,
        -- Of the session's stream: what was heard before changes nothing.
        version int NOT NULL,
        starts_at timestamptz NOT NULL,
        unit text CHECK (unit IN ('booked', 'used'))
      );
      CREATE INDEX known_sessions_in_use ON known_sessions (enrollment_id) WHERE unit IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE known_sessions');
  }
}
