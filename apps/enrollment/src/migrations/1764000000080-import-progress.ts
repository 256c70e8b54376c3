import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many people an import changes, of which its list says how many have been. */
export class ImportProgress1764000000080 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE people_imports ADD COLUMN changes integer NOT NULL DEFAULT 0');
    // Of those under way; the last of their parts, of up to 1,000 people, is counted as full.
    await queryRunner.query(`
      UPDATE people_imports i SET changes = waiting.changes
        FROM (SELECT import_id, 1000 * (max(part) + 1) AS changes FROM people_import_parts GROUP BY 1) AS waiting
       WHERE i.import_id = waiting.import_id`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE people_imports DROP COLUMN changes');
  }
}
