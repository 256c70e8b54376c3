import { newId } from '@cairn/event-store';
import type { Told } from './index.js';

/** What an import tells of so many people: each is added with a manager and a department; a third loses the manager. */
export function manyPeople(
  count: number,
  also: (n: number, personId: string, stream: string) => readonly Told[] = () => [],
): Told[] {
  return Array.from({ length: count }, (_, n): Told[] => {
    const [personId, managerId] = [newId(), newId()];
    const stream = `person-${personId}`;
    const added = {
      personId,
      placeholder: false,
      level: 'manager',
      managerId,
      department: 'Making',
      dateBasis: 'column',
    };
    const moved = {
      personId,
      kind: 'managerChanged',
      effectiveOn: '2026-01-05',
      managerId: null,
      dateBasis: 'column',
    };
    return [
      { name: 'PersonAdded', stream, version: 1, data: added } as Told,
      ...(n % 3 === 0 ? [{ name: 'PersonChanged', stream, version: 2, data: moved } as Told] : []),
      ...also(n, personId, stream),
    ];
  }).flat();
}

/** How many of the statements that a spy on `pg.Client.prototype.query` has seen hold `text`. */
export const countStatements = (
  { mock }: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } },
  text: string,
): number =>
  mock.calls.filter(([query]) => String((query as { text?: string })?.text ?? query).includes(text)).length;
