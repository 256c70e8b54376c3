import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a client of SCIM displays people, where that is not their name. */
export class DisplayNames1764000000240 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE people ADD COLUMN display_name text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE people DROP COLUMN display_name');
  }
}
