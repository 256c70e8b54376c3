import type { MigrationInterface, QueryRunner } from 'typeorm';

export class People1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE people (
        person_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        person_key text NOT NULL,
        employee_id text,
        given_name text NOT NULL,
        family_name text NOT NULL,
        email text,
        department text,
        position text,
        location text,
        level text NOT NULL,
        manager_id uuid,
        hired_on date,
        on_leave boolean NOT NULL,
        left_on date,
        leaving_reason text,
        engagement_score jsonb,
        performance_rating jsonb,
        version integer NOT NULL,
        CONSTRAINT people_by_key UNIQUE (tenant_id, person_key)
      )`);
    await queryRunner.query('CREATE INDEX people_by_tenant ON people (tenant_id, person_id)');
    await queryRunner.query('CREATE INDEX people_by_department ON people (tenant_id, department, person_id)');
    await queryRunner.query('CREATE INDEX people_by_manager ON people (manager_id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE people');
  }
}
