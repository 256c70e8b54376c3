import type { Published, ReceivedContract } from '@cairn/contracts';
import { enrollmentRefsOf, stampOf, type EnrollmentRefs, type Stamp } from '../fact.js';
import type { ScoringMoment } from '../participation/goal-facts.js';

export type PulseItem = Published<'PulsesReleased'>['item'];
type Results = Published<'ResultsReleased'>;
type Result = Results['results'][number];

type Said =
  /** How useful a session was, how the relationship is, how much progress there is: 1 to 5. */
  | {
      readonly fact: 'rated';
      readonly sessionId: string;
      readonly useful: number;
      readonly relationship: number;
      readonly progress: number;
    }
  | { readonly fact: 'themed'; readonly sessionId: string; readonly themes: readonly string[] }
  /** A goal's level, −2 … +2, as somebody else than its coachee saw it. */
  | {
      readonly fact: 'scored';
      readonly goalId: string;
      readonly level: number;
      readonly moment: ScoringMoment;
    }
  /** What at least three colleagues see in the workplace: the mean of their answers, 1 to 7. */
  | { readonly fact: 'pulsed'; readonly goalId: string; readonly item: PulseItem; readonly mean: number }
  /** How likely they would recommend the programme, 0 to 10. */
  | { readonly fact: 'recommended'; readonly recommend: number }
  /** Whether the match is right, as coachee or coach sees it. */
  | {
      readonly fact: 'signalled';
      readonly by: 'coachee' | 'coach';
      readonly signal: Published<'FitSignalRecorded'>['signal'];
    }
  /** Why coachee or coach asked for another coach; HR knows what it asked for itself. */
  | { readonly fact: 'rematchAsked'; readonly reason: Published<'RematchRequested'>['reason'] }
  /** An assessment's results, 1 to 7: of each theme and category the mean, and that of each question. */
  | {
      readonly fact: 'measured';
      readonly moment: Results['moment'];
      readonly questionnaire: string;
      readonly questionnaireVersion: number;
      readonly results: readonly Pick<Result, 'theme' | 'category' | 'mean' | 'itemMeans'>[];
    };

/** One opinion. It is read by `reports/opinions` alone, which tells of no single person. */
export type OpinionFact = Stamp & EnrollmentRefs & Said;
export type MeasuredFact = Extract<OpinionFact, { fact: 'measured' }>;

/** The fact that an event is; undefined for whatever is no opinion. */
export function opinionFact(event: ReceivedContract): OpinionFact | undefined {
  switch (event.name) {
    case 'SessionRated': {
      const { sessionId, useful, relationship, progress } = event.data;
      return fact(event, { fact: 'rated', sessionId, useful, relationship, progress });
    }
    case 'SessionThemesRecorded':
      return fact(event, { fact: 'themed', sessionId: event.data.sessionId, themes: event.data.themes });
    case 'AttainmentScored': {
      const { scorer, goalId, level, moment } = event.data;
      return scorer === 'observed' ? fact(event, { fact: 'scored', goalId, level, moment }) : undefined;
    }
    case 'ProgramFeedbackGiven':
      return fact(event, { fact: 'recommended', recommend: event.data.recommend });
    case 'PulsesReleased': {
      const { goalId, item, mean } = event.data;
      return fact(event, { fact: 'pulsed', goalId, item, mean });
    }
    case 'FitSignalRecorded':
      return fact(event, { fact: 'signalled', by: event.data.by, signal: event.data.signal });
    case 'RematchRequested': {
      const { by, reason } = event.data;
      return by === 'program' ? undefined : fact(event, { fact: 'rematchAsked', reason });
    }
    case 'ResultsReleased': {
      const { moment, questionnaire, questionnaireVersion } = event.data;
      const results = event.data.results.map(({ theme, category, mean, itemMeans }) => ({
        theme,
        category,
        mean,
        itemMeans,
      }));
      return fact(event, { fact: 'measured', moment, questionnaire, questionnaireVersion, results });
    }
    default:
      return undefined;
  }
}

type OpinionEvent = Extract<ReceivedContract, { data: EnrollmentRefs }>;

const fact = (event: OpinionEvent, said: Said): OpinionFact => ({
  ...stampOf(event),
  ...enrollmentRefsOf(event.data),
  ...said,
});
