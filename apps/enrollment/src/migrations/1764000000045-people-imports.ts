import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PeopleImports1764000000045 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE people
        ADD COLUMN history jsonb NOT NULL
          DEFAULT '{"employments":[],"managerLinks":[],"engagementScores":[],"performanceRatings":[]}',
        ADD COLUMN completed boolean NOT NULL DEFAULT true`);
    await queryRunner.query('CREATE INDEX people_by_employee ON people (tenant_id, employee_id)');
    await queryRunner.query(`
      CREATE TABLE people_directories (
        tenant_id uuid PRIMARY KEY,
        -- Raised by every import that is applied: a plan holds for the version that it was made against.
        version integer NOT NULL,
        last_snapshot_on date,
        -- The import that is being applied, part by part; whoever comes next finishes it.
        applying uuid
      )`);
    await queryRunner.query(`
      CREATE TABLE people_mappings (
        tenant_id uuid NOT NULL,
        name text NOT NULL,
        mapping jsonb NOT NULL,
        version integer NOT NULL,
        PRIMARY KEY (tenant_id, name)
      )`);
    await queryRunner.query(`
      CREATE TABLE people_imports (
        import_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        status text NOT NULL,
        directory_version integer NOT NULL,
        -- json, since a report is shown as it was made.
        report json NOT NULL,
        -- Whose command applies it.
        giver json,
        prepared_at timestamptz NOT NULL,
        applied_at timestamptz
      )`);
    await queryRunner.query(
      'CREATE INDEX people_imports_by_tenant ON people_imports (tenant_id, prepared_at)',
    );
    await queryRunner.query(`
      CREATE TABLE people_import_rows (
        import_id uuid NOT NULL REFERENCES people_imports ON DELETE CASCADE,
        line integer NOT NULL,
        employee_id text,
        outcome text NOT NULL,
        changed json,
        errors json,
        PRIMARY KEY (import_id, line)
      )`);
    await queryRunner.query(`
      CREATE TABLE people_import_parts (
        import_id uuid NOT NULL REFERENCES people_imports ON DELETE CASCADE,
        part integer NOT NULL,
        -- Changes of people as gzipped JSON; gone once they are applied.
        changes bytea NOT NULL,
        PRIMARY KEY (import_id, part)
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['parts', 'rows']) await queryRunner.query(`DROP TABLE people_import_${table}`);
    for (const table of ['imports', 'mappings', 'directories'])
      await queryRunner.query(`DROP TABLE people_${table}`);
    await queryRunner.query('DROP INDEX people_by_employee');
    await queryRunner.query('ALTER TABLE people DROP COLUMN history, DROP COLUMN completed');
  }
}
