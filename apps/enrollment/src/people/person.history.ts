import type { DirectoryPerson, PersonKey } from './import/directory.js';
import type { PersonEvent } from './import/events.js';
import type { LeavingReason } from './import/mapping.js';

/** What has been known of a person over time, as the manager baseline needs it. Days are 'YYYY-MM-DD'. */
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
}

export const noHistory: PersonHistory = {
  employments: [],
  managerLinks: [],
  engagementScores: [],
  performanceRatings: [],
};

/** What an import changes about one person, as it waits to be applied. */
export interface PendingChange {
  readonly key: PersonKey;
  readonly after: DirectoryPerson;
  readonly events: readonly PersonEvent[];
}

/** The history once a change is applied. A later fact of the same day replaces the one before. */
export function historyAfter(
  history: PersonHistory,
  { after, events }: PendingChange,
  idOf: (key: PersonKey) => string,
): PersonHistory {
  let { employments, managerLinks, engagementScores, performanceRatings } = history;
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
          managerLinks = replacing(
            managerLinks,
            { managerId: idOf(managerKey), from: event.on },
            (link) => link.from,
          );
        break;
      }
      case 'PersonChanged':
        if (event.data.kind === 'returned' && last()?.end != null)
          employments = [...employments, { start: event.on, end: null, leavingReason: null }];
        if (event.data.kind === 'managerChanged') {
          const { managerKey } = event.data;
          const link = { managerId: managerKey ? idOf(managerKey) : null, from: event.on };
          managerLinks = replacing(managerLinks, link, (each) => each.from);
        }
        break;
      case 'PersonLeft':
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
  return { employments, managerLinks, engagementScores, performanceRatings };
}

const replacing = <Fact>(facts: readonly Fact[], fact: Fact, dayOf: (fact: Fact) => string): Fact[] => [
  ...facts.filter((each) => dayOf(each) !== dayOf(fact)),
  fact,
];
