import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Coaches1764000000020 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE coaches (
        coach_id uuid PRIMARY KEY,
        tenant_id uuid NOT NULL,
        external_ref text NOT NULL,
        name text NOT NULL,
        email text,
        person_id uuid,
        conflicts jsonb NOT NULL,
        version integer NOT NULL,
        status text NOT NULL,
        state jsonb NOT NULL,
        -- Places in concurrent engagements: a proposed or active match holds one.
        capacity integer NOT NULL CHECK (capacity >= 0),
        -- What may be taken: the capacity, or what was taken already when it was lowered.
        ceiling integer NOT NULL CHECK (ceiling >= capacity),
        places_taken integer NOT NULL DEFAULT 0 CHECK (places_taken >= 0),
        created_at timestamptz NOT NULL,
        CONSTRAINT coach_places_hold CHECK (places_taken <= ceiling),
        CONSTRAINT coaches_by_reference UNIQUE (tenant_id, external_ref)
      )`);
    await queryRunner.query('CREATE INDEX coaches_by_tenant ON coaches (tenant_id, coach_id)');
    await queryRunner.query(
      'CREATE INDEX coaches_of_person ON coaches (person_id) WHERE person_id IS NOT NULL',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE coaches');
  }
}
