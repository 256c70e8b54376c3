import type { DirectoryPerson, PersonKey } from './import/directory.js';
import type { ChangeKind, PersonEvent } from './import/events.js';
import type { LeavingReason } from './import/mapping.js';

/** What a person's record says of them now and what `asOn` finds for an earlier day. */
export type Standing = Pick<DirectoryPerson, 'level' | 'department' | 'position' | 'location' | 'onLeave'>;

/** What has been known of a person over time, as baseline and eligibility need it. Days are 'YYYY-MM-DD'. */
export interface PersonHistory {
  readonly employments: readonly {
    /** Null for a placeholder, who counts as there before all their reports. */
    readonly start: string | null;
    readonly end: string | null;
    readonly leavingReason: LeavingReason | null;
  }[];
  readonly managerLinks: readonly { readonly managerId: string | null; readonly from: string }[];
  readonly engagementScores: readonly { readonly score: number; readonly surveyedOn: string }[];
  readonly performanceRatings: readonly { readonly belowStandard: boolean; readonly reviewedOn: string }[];
  /** What changed on a day, with how it had been until then. Absent in a record from before this was kept. */
  readonly changes?: readonly { readonly on: string; readonly was: Partial<Standing> }[];
  /** The days on which the person was promoted to people manager. Absent in a record from before this was kept. */
  readonly promotions?: readonly string[];
}

export const noHistory: PersonHistory = {
  employments: [],
  managerLinks: [],
  engagementScores: [],
  performanceRatings: [],
  changes: [],
};

/** What an import changes about one person, as it waits to be applied. */
export interface PendingChange {
  readonly key: PersonKey;
  /** Null for somebody new. */
  readonly before: Standing | null;
  readonly after: DirectoryPerson;
  readonly events: readonly PersonEvent[];
}

/** What each kind of change is about. */
const TOLD_BY: Partial<Record<ChangeKind, readonly (keyof Standing)[]>> = {
  moved: ['department', 'position', 'location'],
  levelUp: ['level'],
  levelDown: ['level'],
  onLeave: ['onLeave'],
  returned: ['onLeave'],
};

/**
 * A person as they were on a day: in each respect as the change made them that was told last of those in force by then.
 * Before the first file that had them, which shows them as they were by then, they count as having been so.
 */
export function asOn<Known extends Standing>(
  person: Known,
  { changes = [] }: PersonHistory,
  day: string,
): Known {
  const found: Partial<Standing> = {};
  const settled = new Set<string>();
  // What was told last is taken back first; a change that is in force says what holds, whatever was told before it.
  for (const { on, was } of changes.toReversed())
    for (const name of Object.keys(was) as (keyof Standing)[]) {
      if (on <= day) settled.add(name);
      else if (!settled.has(name)) Object.assign(found, { [name]: was[name] });
    }
  return { ...person, ...found };
}

/**
 * The day on which somebody left whom `day` finds in the company, or gone; null where they have not. Whoever came back
 * later has left all the same.
 */
export function leavingAfter(
  { leftOn, history: { employments } }: { readonly leftOn: string | null; readonly history: PersonHistory },
  day: string,
): string | null {
  const employment = employments.findLast(({ start }) => start === null || start <= day);
  return employment === undefined ? leftOn : employment.end;
}

/** The history once a change is applied. What is told later replaces what was told before of the same day. */
export function historyAfter(
  history: PersonHistory,
  { before, after, events }: PendingChange,
  idOf: (key: PersonKey) => string,
): PersonHistory {
  let { employments, managerLinks, engagementScores, performanceRatings } = history;
  const changes = [...(history.changes ?? [])];
  let { promotions } = history;
  const note = (on: string, ...names: (keyof Standing)[]) => {
    // Whoever is new was not on leave before the day on which they are.
    const known: Partial<Standing> = before ?? { onLeave: false };
    const was = Object.fromEntries(
      names.filter((name) => name in known && known[name] !== after[name]).map((name) => [name, known[name]]),
    );
    if (Object.keys(was).length > 0) changes.push({ on, was });
  };
  const last = () => employments.at(-1);
  const end = (change: { end?: string; leavingReason?: LeavingReason | null }) => {
    const ended = last();
    if (ended) employments = [...employments.slice(0, -1), { ...ended, ...change }];
  };
  for (const event of events) {
    switch (event.type) {
      case 'PersonAdded': {
        const { managerKey } = event.data;
        employments = [{ start: after.hiredOn, end: null, leavingReason: null }];
        if (managerKey)
          managerLinks = linkedSince(managerLinks, { managerId: idOf(managerKey), from: event.on });
        break;
      }
      case 'PersonChanged':
        note(event.on, ...(TOLD_BY[event.data.kind] ?? []));
        if (event.data.kind === 'promotedToManager') promotions = [...(promotions ?? []), event.on];
        if (event.data.kind === 'returned' && last()?.end != null)
          employments = [...employments, { start: event.on, end: null, leavingReason: null }];
        if (event.data.kind === 'managerChanged') {
          const { managerKey } = event.data;
          const link = { managerId: managerKey ? idOf(managerKey) : null, from: event.on };
          managerLinks = linkedSince(managerLinks, link);
        }
        break;
      case 'PersonLeft':
        note(event.on, 'onLeave');
        end({ end: event.data.leftOn, leavingReason: null });
        break;
      case 'LeavingReasonRecorded':
        end({ leavingReason: event.data.reason });
        break;
      case 'EngagementScoreRecorded':
        engagementScores = replacing(engagementScores, event.data, (each) => each.surveyedOn);
        break;
      case 'PerformanceRatingRecorded': {
        const { belowStandard, reviewedOn } = event.data;
        performanceRatings = replacing(
          performanceRatings,
          { belowStandard, reviewedOn },
          (each) => each.reviewedOn,
        );
        break;
      }
    }
  }
  const known = { employments, managerLinks, engagementScores, performanceRatings, changes };
  return promotions === undefined ? known : { ...known, promotions };
}

/** From its day on the link that is told last holds, whatever was told before of that day or of later ones. */
const linkedSince = (
  links: PersonHistory['managerLinks'],
  link: PersonHistory['managerLinks'][number],
): PersonHistory['managerLinks'] => [...links.filter(({ from }) => from < link.from), link];

const replacing = <Fact>(facts: readonly Fact[], fact: Fact, dayOf: (fact: Fact) => string): Fact[] => [
  ...facts.filter((each) => dayOf(each) !== dayOf(fact)),
  fact,
];
