import type { Employment, ManagerLink } from './rows.js';

/**
 * How a person's team on a day is found.
 *
 * - `membership`: a membership starts at the latest of the link, the report's start and the manager's start, and ends
 *   with the next link or when one of them leaves. Outside it the team is unknown.
 * - `managerNamed`: the manager whom the file names, as if they had always been that person's: on a day before the
 *   first link, the first link's. Whether the manager was there does not matter.
 */
export type CountedBy = 'membership' | 'managerNamed';

/** Whose team somebody is in: a manager's, nobody's (they report to no one), or not known. */
export type Team =
  | { readonly is: 'led'; readonly managerId: string }
  | { readonly is: 'withoutManager' }
  | { readonly is: 'unknown' };

const WITHOUT: Team = { is: 'withoutManager' };
const UNKNOWN: Team = { is: 'unknown' };

/** Employments and manager links, to be asked who was where on a day. */
export class Teams {
  private readonly stretches = new Map<string, Employment[]>();
  private readonly links = new Map<string, ManagerLink[]>();

  constructor(
    employments: Iterable<Employment>,
    managerLinks: Iterable<ManagerLink>,
    private readonly countedBy: CountedBy,
  ) {
    for (const employment of employments) grouped(this.stretches, employment.personId, employment);
    for (const link of managerLinks) grouped(this.links, link.personId, link);
    for (const links of this.links.values())
      links.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  }

  /** Everybody with an employee record who was employed on that day, with the stretch in which they were. */
  *employedOn(day: string): Generator<Employment> {
    for (const personId of this.stretches.keys()) {
      const stretch = this.stretchOn(personId, day);
      if (stretch && !stretch.placeholder) yield stretch;
    }
  }

  /** The team of a person who was employed on that day. */
  teamOn(personId: string, day: string): Team {
    const links = this.links.get(personId);
    if (!links) return WITHOUT;
    const link =
      links.findLast(({ from }) => from <= day) ?? (this.countedBy === 'managerNamed' ? links[0] : undefined);
    if (!link) return UNKNOWN;
    if (link.managerId === null) return WITHOUT;
    const led: Team = { is: 'led', managerId: link.managerId };
    return this.countedBy === 'managerNamed' || this.stretchOn(link.managerId, day) ? led : UNKNOWN;
  }

  stretchOn(personId: string, day: string): Employment | undefined {
    const holding = this.stretches
      .get(personId)
      ?.filter(({ start, end }) => (start === null || start <= day) && (end === null || day <= end));
    // Somebody may return on the day on which they were said to have left: the later stretch holds.
    return holding?.reduce((a, b) => ((b.start ?? '') > (a.start ?? '') ? b : a), holding[0]!);
  }
}

function grouped<Row>(groups: Map<string, Row[]>, key: string, row: Row): void {
  const group = groups.get(key);
  if (group) group.push(row);
  else groups.set(key, [row]);
}
