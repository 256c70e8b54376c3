import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whom a client of SCIM had deleted was hidden in groups, not taken out of them: they would have come back into each. */
export class MembersDeleted1764000000250 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      UPDATE people_group_members gm SET until = greatest(gm.since, coalesce(p.left_on, gm.since))
        FROM people p WHERE p.person_id = gm.person_id AND p.unprovisioned AND gm.until IS NULL`);
  }

  async down(): Promise<void> {
    // Who was hidden is not kept.
  }
}
