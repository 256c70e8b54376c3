import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a client of SCIM calls people, and the groups that it keeps. */
export class Scim1764000000140 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE people
        ADD COLUMN user_name text,
        ADD COLUMN external_id text,
        -- The day on which a client added the person; null where a file did.
        ADD COLUMN provisioned_on date,
        -- Deleted by a client, and no User any more.
        ADD COLUMN unprovisioned boolean NOT NULL DEFAULT false`);
    await queryRunner.query(
      'CREATE INDEX people_by_user_name ON people (tenant_id, lower(coalesce(user_name, email, employee_id)))',
    );
    await queryRunner.query('CREATE INDEX people_by_external_id ON people (tenant_id, external_id)');
    await queryRunner.query(`
      CREATE TABLE people_groups (
        group_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        display_name text NOT NULL,
        external_id text
      )`);
    await queryRunner.query(
      'CREATE UNIQUE INDEX people_groups_by_name ON people_groups (tenant_id, lower(display_name))',
    );
    await queryRunner.query(`
      CREATE TABLE people_group_members (
        group_id uuid NOT NULL REFERENCES people_groups ON DELETE CASCADE,
        person_id uuid NOT NULL REFERENCES people,
        since date NOT NULL,
        -- The first day on which they are not in it any more.
        until date,
        PRIMARY KEY (group_id, person_id, since)
      )`);
    await queryRunner.query(
      'CREATE INDEX people_group_members_by_person ON people_group_members (person_id)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE people_group_members');
    await queryRunner.query('DROP TABLE people_groups');
    await queryRunner.query('DROP INDEX people_by_user_name, people_by_external_id');
    await queryRunner.query(
      'ALTER TABLE people DROP COLUMN user_name, DROP COLUMN external_id, DROP COLUMN provisioned_on, DROP COLUMN unprovisioned',
    );
  }
}
