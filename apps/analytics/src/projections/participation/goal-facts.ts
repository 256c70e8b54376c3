import type { ReceivedContract } from '@cairn/contracts';
import { engagementRefsOf, stampOf, type EngagementRefs, type Stamp } from '../fact.js';

export type GoalOutcome = 'attained' | 'partlyAttained' | 'notAttained' | 'dropped';
export type ScoringMoment = 'baseline' | 'interim' | 'closing';

interface Aim {
  readonly theme: string;
  readonly weight: number;
  readonly targetDate: string;
}

type Said =
  | ({ readonly fact: 'proposed' } & Aim)
  | ({ readonly fact: 'agreed' } & Aim)
  | ({ readonly fact: 'revised' } & Aim)
  | { readonly fact: 'scaled'; readonly level: number }
  | { readonly fact: 'committed'; readonly practiceId: string; readonly dueOn: string }
  | { readonly fact: 'reported'; readonly practiceId: string; readonly done: 'yes' | 'partly' | 'no' }
  | {
      readonly fact: 'checkedIn';
      readonly by: 'coachee' | 'coach';
      readonly movement: 'forward' | 'steady' | 'back';
    }
  | { readonly fact: 'scored'; readonly level: number; readonly moment: ScoringMoment }
  | { readonly fact: 'closed'; readonly outcome: GoalOutcome }
  | {
      readonly fact: 'pulseRequested';
      readonly pulseId: string;
      readonly sessionId: string;
      readonly theme: string;
      readonly dueOn: string;
      readonly raters: number;
    }
  /** Only that it was: what was answered is an opinion. */
  | {
      readonly fact: 'pulsesReleased';
      readonly pulseId: string;
      readonly theme: string;
      readonly item: string;
    };

/** One thing that the stream of one goal said, or of a pulse about it. */
export type GoalFact = Stamp & EngagementRefs & { readonly goalId: string } & Said;

/**
 * The fact that an event is; undefined for events of other streams and for an observer's score, which is an opinion
 * about a person and no operational measure.
 */
export function goalFact(event: ReceivedContract): GoalFact | undefined {
  switch (event.name) {
    case 'GoalProposed':
      return fact(event, { fact: 'proposed', ...aim(event.data) });
    case 'GoalAgreed':
      return fact(event, { fact: 'agreed', ...aim(event.data) });
    case 'GoalRevised':
      return fact(event, { fact: 'revised', ...aim(event.data) });
    case 'AttainmentScaleDefined':
      return fact(event, { fact: 'scaled', level: event.data.baselineLevel });
    case 'PracticeCommitted': {
      const { practiceId, dueOn } = event.data;
      return fact(event, { fact: 'committed', practiceId, dueOn });
    }
    case 'PracticeReported': {
      const { practiceId, done } = event.data;
      return fact(event, { fact: 'reported', practiceId, done });
    }
    case 'CheckInRecorded':
      return fact(event, { fact: 'checkedIn', by: event.data.by, movement: event.data.movement });
    case 'AttainmentScored': {
      const { scorer, level, moment } = event.data;
      return scorer === 'self' ? fact(event, { fact: 'scored', level, moment }) : undefined;
    }
    case 'GoalClosed':
      return fact(event, { fact: 'closed', outcome: event.data.outcome });
    case 'PulseRequested': {
      const { pulseId, sessionId, theme, dueOn, raters } = event.data;
      return fact(event, { fact: 'pulseRequested', pulseId, sessionId, theme, dueOn, raters });
    }
    case 'PulsesReleased': {
      const { pulseId, theme, item } = event.data;
      return fact(event, { fact: 'pulsesReleased', pulseId, theme, item });
    }
    default:
      return undefined;
  }
}

type GoalEvent = Extract<ReceivedContract, { data: { goalId: string } }>;

const fact = (event: GoalEvent, said: Said): GoalFact => ({
  ...stampOf(event),
  goalId: event.data.goalId,
  ...engagementRefsOf(event.data),
  ...said,
});

const aim = ({ theme, weight, targetDate }: Aim): Aim => ({ theme, weight, targetDate });
