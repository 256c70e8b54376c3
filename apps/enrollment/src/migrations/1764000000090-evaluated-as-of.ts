import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The day as of which the latest evaluation looked at somebody: a nomination goes by what it recorded. */
export class EvaluatedAsOf1764000000090 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // Null where a nomination alone has asked the rules; evaluations of before did not keep their day.
    await queryRunner.query('ALTER TABLE eligibilities ADD COLUMN as_of date');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE eligibilities DROP COLUMN as_of');
  }
}
