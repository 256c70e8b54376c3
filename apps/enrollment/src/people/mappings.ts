import { RefusedError } from '@cairn/decider';
import { unstorable } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { readdirSync, readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import type { ImportMapping } from './import/mapping.js';
import { checkMapping } from './import/mapping-check.js';
import { noSuchMapping } from './people.errors.js';

/** A mapping by its name. `shipped` ones come with Cairn and cannot be changed. */
export interface NamedMapping {
  readonly mapping: ImportMapping;
  readonly shipped: boolean;
  readonly version: number;
}

const FOLDER = new URL('../../mappings/', import.meta.url);

@Injectable()
export class Mappings {
  private readonly shipped = new Map(shippedMappings().map((mapping) => [mapping.name, mapping]));

  constructor(private readonly dataSource: DataSource) {}

  /** @throws RefusedError 404 */
  async find(tenantId: string, name: string): Promise<NamedMapping> {
    const shipped = this.shipped.get(name);
    if (shipped) return { mapping: shipped, shipped: true, version: 1 };
    // What PostgreSQL could not hold names nothing.
    const rows = unstorable(name) ? [] : await this.rows('AND name = $2', [tenantId, name]);
    if (rows[0] === undefined) throw new RefusedError(noSuchMapping());
    return rows[0];
  }

  /** Those shipped, then those saved by the tenant, by name. */
  async list(tenantId: string): Promise<NamedMapping[]> {
    const shipped = [...this.shipped.values()].map((mapping) => ({ mapping, shipped: true, version: 1 }));
    return [...shipped, ...(await this.rows('ORDER BY name', [tenantId]))];
  }

  /**
   * Nothing is overwritten unless `seen` lets the version pass that is there.
   * @throws RefusedError where a mapping of that name ships with Cairn
   */
  async save(
    tenantId: string,
    name: string,
    mapping: ImportMapping,
    seen: (version: number) => void,
  ): Promise<NamedMapping> {
    if (this.shipped.has(name))
      throw new RefusedError({
        kind: 'conflict',
        slug: 'mapping-shipped',
        detail: 'A mapping of this name ships with Cairn and stays as it is; save yours under another name.',
      });
    const values = [tenantId, name, JSON.stringify(mapping)];
    for (;;) {
      await this.dataSource.query(
        `INSERT INTO people_mappings (tenant_id, name, mapping, version) VALUES ($1, $2, $3, 1)
         ON CONFLICT (tenant_id, name) DO NOTHING`,
        values,
      );
      const [known] = await this.dataSource.query<{ version: number; unchanged: boolean }[]>(
        `SELECT version, mapping = $3 AS unchanged FROM people_mappings WHERE tenant_id = $1 AND name = $2`,
        values,
      );
      const { version, unchanged } = known!;
      if (unchanged) return { mapping, shipped: false, version };
      seen(version);
      const [changed] = await this.dataSource.query<[{ version: number }[], number]>(
        `UPDATE people_mappings SET mapping = $3, version = version + 1
          WHERE tenant_id = $1 AND name = $2 AND version = $4 RETURNING version`,
        [...values, version],
      );
      // None: somebody else was first to change it. Look again.
      if (changed[0]) return { mapping, shipped: false, version: changed[0].version };
    }
  }

  private async rows(where: string, values: unknown[]): Promise<NamedMapping[]> {
    const rows: { mapping: ImportMapping; version: number }[] = await this.dataSource.query(
      `SELECT mapping, version FROM people_mappings WHERE tenant_id = $1 ${where}`,
      values,
    );
    return rows.map((row) => ({ ...row, shipped: false }));
  }
}

/**
 * A mapping as it was sent; its name is `name` where it says none.
 * @throws RefusedError with a pointer for every fault: 400 for keys that are not known, 422 for the rest
 */
export function mappingOf(value: unknown, name: string): ImportMapping {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const checked = checkMapping(isObject ? { name, ...value } : value);
  if (!checked.ok) {
    const unknown = checked.problems.some(({ code }) => code === 'unknown-key');
    throw new RefusedError({
      kind: unknown ? 'malformed' : 'invalid',
      slug: 'bad-mapping',
      detail: 'The mapping cannot be used; errors says where, and what was expected.',
      errors: checked.problems.slice(0, 50).map(({ pointer, expected }) => ({ pointer, detail: expected })),
    });
  }
  if (!storable(checked.mapping))
    throw new RefusedError({
      kind: 'invalid',
      slug: 'text-not-storable',
      detail: 'The mapping holds NUL or half of a character (a lone surrogate); leave it out.',
    });
  return checked.mapping;
}

function storable(value: unknown): boolean {
  if (typeof value === 'string') return !unstorable(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, member]) => !unstorable(key) && storable(member));
}

function shippedMappings(): ImportMapping[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return files.toSorted().map((file) => {
    const checked = checkMapping(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));
    if (!checked.ok) throw new Error(`${file}: ${JSON.stringify(checked.problems)}`);
    return checked.mapping;
  });
}
