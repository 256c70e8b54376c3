import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever ever was somebody's manager: nobody in HR comes to see their line upwards by a file that changes it. It begins
 * with today's managers and those of the history, which forgets one who is replaced on the same day.
 */
export class PeopleManagers1764000000230 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE people_managers (
        tenant_id uuid NOT NULL,
        person_id uuid NOT NULL,
        manager_id uuid NOT NULL,
        PRIMARY KEY (tenant_id, person_id, manager_id)
      );
      INSERT INTO people_managers
        SELECT tenant_id, person_id, manager_id FROM people WHERE manager_id IS NOT NULL
        UNION SELECT tenant_id, person_id, (link->>'managerId')::uuid
          FROM people, jsonb_array_elements(history->'managerLinks') link WHERE link->>'managerId' IS NOT NULL;
      CREATE FUNCTION keep_managers() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO people_managers
          SELECT tenant_id, person_id, manager_id FROM written WHERE manager_id IS NOT NULL ORDER BY 1, 2
          ON CONFLICT DO NOTHING;
        RETURN NULL;
      END $$;
      CREATE TRIGGER people_added AFTER INSERT ON people REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION keep_managers();
      CREATE TRIGGER people_changed AFTER UPDATE ON people REFERENCING NEW TABLE AS written
        FOR EACH STATEMENT EXECUTE FUNCTION keep_managers()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER people_added ON people;
      DROP TRIGGER people_changed ON people;
      DROP FUNCTION keep_managers;
      DROP TABLE people_managers`);
  }
}
