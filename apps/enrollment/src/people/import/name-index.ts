import type { PersonKey } from './directory.js';
import { nameKeys, type PersonName } from './names.js';

/** Finds people by name among many, keeping only the names that will be asked for. */
export class NameIndex {
  private readonly byFull = new Map<string, PersonKey[]>();
  private readonly byShort = new Map<string, PersonKey[]>();

  constructor(askedFor: Iterable<PersonName>) {
    for (const name of askedFor) {
      const { full, short } = nameKeys(name);
      this.byFull.set(full, []);
      this.byFull.set(short, []);
      this.byShort.set(full, []);
    }
  }

  add(key: PersonKey, name: PersonName): void {
    const { full, short } = nameKeys(name);
    this.byFull.get(full)?.push(key);
    this.byShort.get(short)?.push(key);
  }

  /** Those of exactly this name; failing that, those who differ by an initial that only one side gives. */
  find(name: PersonName): PersonKey[] {
    const { full, short } = nameKeys(name);
    const same = this.byFull.get(full) ?? [];
    if (same.length === 1) return same;
    if (same.length > 1) return [...new Set(same)];
    return [...new Set([...(this.byFull.get(short) ?? []), ...(this.byShort.get(full) ?? [])])];
  }
}
