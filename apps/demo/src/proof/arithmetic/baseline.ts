import type { Json } from '../../api/client.js';
import type { Day } from '../../days.js';
import type { FeedEvent } from '../feed.js';

/** The figures of one manager's team, or of everybody. */
export interface Team {
  team: number;
  left: number;
  leftVoluntarily: number;
  /** Mean of the answers of whole lots, each of five people or more; null without one. */
  engagement: number | null;
  belowStandard: number;
}

const FEWEST_PEOPLE = 5;

/**
 * The manager baseline from the people's events: who was employed on the first day and left in the period, in all and by
 * their manager, where that one was there too; and what the team of each day answered and was rated.
 */
export function recomputeBaseline(
  all: readonly FeedEvent[],
  from: Day,
  to: Day,
): { totals: Team; unknownTeam: number; managers: ReadonlyMap<string, Team> } {
  const of = (what: string): Json[] => all.filter(({ name }) => name === what).map(({ data }) => data);
  const people = new Map<string, Json>(of('PersonAdded').map((person) => [person.personId, person]));
  const left = new Map<string, Day>(of('PersonLeft').map(({ personId, leftOn }) => [personId, leftOn]));
  const wished = new Set(
    of('LeavingReasonRecorded')
      .filter(({ reason }) => reason === 'voluntary')
      .map(({ personId }) => personId),
  );
  const wasThere = (id: string, day: Day): boolean => {
    const person = people.get(id);
    if (person === undefined) return false;
    return person.placeholder || (person.startedOn <= day && (left.get(id) ?? '9') >= day);
  };
  const managerOn = (id: string, day: Day): string | undefined => {
    const { managerId } = people.get(id)!;
    return managerId && wasThere(managerId, day) ? managerId : undefined;
  };

  const nobody = (): Team => ({ team: 0, left: 0, leftVoluntarily: 0, engagement: null, belowStandard: 0 });
  const totals = nobody();
  let unknownTeam = 0;
  const managers = new Map<string, Team>();
  for (const { personId, placeholder, managerId } of people.values()) {
    if (placeholder || !wasThere(personId, from)) continue;
    const manager = managerOn(personId, from);
    if (managerId && !manager) unknownTeam++;
    if (manager && !managers.has(manager)) managers.set(manager, nobody());
    for (const each of manager ? [totals, managers.get(manager)!] : [totals]) {
      each.team++;
      if ((left.get(personId) ?? '9') > to) continue;
      each.left++;
      if (wished.has(personId)) each.leftVoluntarily++;
    }
  }

  /** Of each manager: the latest record in the period of everybody who was then in the team. */
  const latest = (records: Json[], dayOf: (record: Json) => Day): Map<string, Json[]> => {
    const last = new Map<string, Json>();
    for (const record of records.toSorted((a, b) => (dayOf(a) < dayOf(b) ? -1 : 1))) {
      const day = dayOf(record);
      if (day < from || day > to || !wasThere(record.personId, day)) continue;
      const manager = managerOn(record.personId, day);
      if (manager) last.set(`${manager} ${record.personId}`, { ...record, manager });
    }
    return Map.groupBy(last.values(), ({ manager }) => manager);
  };
  /** Day after day: whoever has answered since the last lot waits until there are enough of them. */
  const meanOfLots = (manager: string): number | null => {
    let [sum, count] = [0, 0];
    let waiting: Json[] = [];
    const told = of('EngagementScoreRecorded')
      .filter(
        ({ personId, surveyedOn: day }) => wasThere(personId, day) && managerOn(personId, day) === manager,
      )
      .toSorted((a, b) => (a.surveyedOn < b.surveyedOn ? -1 : 1));
    told.forEach((answer, n) => {
      waiting.push(answer);
      const dayGoesOn = told[n + 1]?.surveyedOn === answer.surveyedOn;
      if (dayGoesOn || new Set(waiting.map(({ personId }) => personId)).size < FEWEST_PEOPLE) return;
      if (waiting[0]!.surveyedOn >= from && answer.surveyedOn <= to)
        for (const { score } of waiting) [sum, count] = [sum + (score as number), count + 1];
      waiting = [];
    });
    return count === 0 ? null : sum / count;
  };
  const ratings = latest(of('PerformanceRatingRecorded'), ({ reviewedOn }) => reviewedOn);
  for (const [manager, team] of managers) {
    team.engagement = meanOfLots(manager);
    team.belowStandard = (ratings.get(manager) ?? []).filter((rating) => rating.belowStandard).length;
  }
  return { totals, unknownTeam, managers };
}
