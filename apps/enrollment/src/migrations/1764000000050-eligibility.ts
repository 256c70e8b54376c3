import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Eligibility1764000000050 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE eligibilities (
        program_id uuid NOT NULL REFERENCES programs,
        person_id uuid NOT NULL,
        -- Of the stream that holds the evaluations of this person for this programme.
        version integer NOT NULL,
        rule_version integer NOT NULL,
        eligible boolean NOT NULL,
        rule_codes text[] NOT NULL,
        evaluated_at timestamptz NOT NULL,
        PRIMARY KEY (program_id, person_id)
      )`);
    // Who ever reported to somebody: asked for by whom the eligibility rules look at.
    await queryRunner.query(
      `CREATE INDEX people_by_former_manager ON people
         USING gin (jsonb_path_query_array(history, '$.managerLinks[*].managerId'))`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX people_by_former_manager');
    await queryRunner.query('DROP TABLE eligibilities');
  }
}
