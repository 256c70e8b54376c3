import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What triggers proposed and HR does not want. */
export class Triggers1764000000150 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE dismissed_proposals (
        program_id uuid NOT NULL REFERENCES programs,
        -- Derived from person, trigger and cause: the next cause is another proposal.
        proposal_id uuid NOT NULL,
        tenant_id uuid NOT NULL,
        person_id uuid NOT NULL,
        dismissed_by text NOT NULL,
        dismissed_at timestamptz NOT NULL,
        PRIMARY KEY (program_id, proposal_id)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE dismissed_proposals');
  }
}
