import type { Published, ReceivedContract } from '@cairn/contracts';
import { stampOf, type Stamp } from '../fact.js';

export type Level = Published<'PersonAdded'>['level'];
export type LeavingReason = Published<'LeavingReasonRecorded'>['reason'];

interface Place {
  readonly department?: string;
  readonly position?: string;
  readonly location?: string;
}

type Said =
  | ({
      readonly fact: 'added';
      /** The day of hire; absent for a placeholder, who counts as there before all its reports. */
      readonly day?: string;
      readonly placeholder: boolean;
      readonly level: Level;
      readonly managerId?: string;
    } & Place)
  | ({
      readonly fact: 'changed';
      readonly kind: Published<'PersonChanged'>['kind'];
      readonly day: string;
      readonly level?: Level;
      /** With `managerChanged`: the new manager, absent for none. */
      readonly managerId?: string;
      /** With `moved`: of the place, what is not known any more. */
      readonly cleared?: readonly (keyof Place)[];
    } & Place)
  | { readonly fact: 'left'; readonly day: string }
  | { readonly fact: 'leavingReason'; readonly day: string; readonly reason: LeavingReason }
  | { readonly fact: 'engagementScore'; readonly day: string; readonly score: number }
  | { readonly fact: 'rating'; readonly day: string; readonly belowStandard: boolean };

/** One thing that one person's stream said; `day` is its date in the world. */
export type PersonFact = Stamp & { readonly personId: string } & Said;

/** The fact that an event is; undefined for events of other streams. */
export function personFact(event: ReceivedContract): PersonFact | undefined {
  switch (event.name) {
    case 'PersonAdded': {
      const { startedOn, placeholder, level, managerId } = event.data;
      return fact(event, {
        fact: 'added',
        ...(startedOn === undefined ? {} : { day: startedOn }),
        placeholder,
        level,
        ...(managerId === undefined ? {} : { managerId }),
        ...place(event.data),
      });
    }
    case 'PersonChanged': {
      const { kind, effectiveOn, level, managerId, cleared } = event.data;
      return fact(event, {
        fact: 'changed',
        kind,
        day: effectiveOn,
        ...(level === undefined ? {} : { level }),
        ...(managerId == null ? {} : { managerId }),
        ...place(event.data),
        ...(cleared === undefined ? {} : { cleared }),
      });
    }
    case 'PersonLeft':
      return fact(event, { fact: 'left', day: event.data.leftOn });
    case 'LeavingReasonRecorded':
      return fact(event, { fact: 'leavingReason', day: event.data.leftOn, reason: event.data.reason });
    case 'EngagementScoreRecorded':
      return fact(event, { fact: 'engagementScore', day: event.data.surveyedOn, score: event.data.score });
    case 'PerformanceRatingRecorded':
      return fact(event, {
        fact: 'rating',
        day: event.data.reviewedOn,
        belowStandard: event.data.belowStandard,
      });
    default:
      return undefined;
  }
}

type PersonEvent = Extract<
  ReceivedContract,
  {
    name:
      | 'PersonAdded'
      | 'PersonChanged'
      | 'PersonLeft'
      | 'LeavingReasonRecorded'
      | 'EngagementScoreRecorded'
      | 'PerformanceRatingRecorded';
  }
>;

const fact = (event: PersonEvent, said: Said): PersonFact => ({
  ...stampOf(event),
  personId: event.data.personId,
  ...said,
});

const place = ({ department, position, location }: Place): Place => ({
  ...(department === undefined ? {} : { department }),
  ...(position === undefined ? {} : { position }),
  ...(location === undefined ? {} : { location }),
});
