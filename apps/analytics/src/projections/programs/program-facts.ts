import type { Published, ReceivedContract } from '@cairn/contracts';
import { stampOf, type Stamp } from '../fact.js';

export type ProgramValues = Omit<Published<'ProgramCreated'>, 'programId'>;

type Said =
  | { readonly fact: 'created'; readonly values: ProgramValues }
  | { readonly fact: 'changed'; readonly day: string; readonly values: Partial<ProgramValues> }
  | {
      readonly fact: 'cohortOpened';
      readonly cohortId: string;
      readonly name: string;
      readonly day: string;
    }
  | { readonly fact: 'cohortClosed'; readonly cohortId: string; readonly day: string }
  | {
      readonly fact: 'eligibility';
      readonly personId: string;
      readonly ruleVersion: number;
      readonly eligible: boolean;
    };

/** One thing that a programme's, a cohort's or an eligibility stream said; `day` is the day from which it counts. */
export type ProgramFact = Stamp & { readonly programId: string } & Said;

/** The fact that an event is; undefined for events of other streams. */
export function programFact(event: ReceivedContract): ProgramFact | undefined {
  switch (event.name) {
    case 'ProgramCreated': {
      const { programId: _, ...values } = event.data;
      return fact(event, { fact: 'created', values });
    }
    case 'ProgramChanged': {
      const { effectiveOn, changes } = event.data;
      return fact(event, { fact: 'changed', day: effectiveOn, values: changes });
    }
    case 'CohortOpened': {
      const { cohortId, name, opensOn } = event.data;
      return fact(event, { fact: 'cohortOpened', cohortId, name, day: opensOn });
    }
    case 'CohortClosed':
      return fact(event, { fact: 'cohortClosed', cohortId: event.data.cohortId, day: event.data.closedOn });
    case 'EligibilityEvaluated': {
      const { personId, ruleVersion, eligible } = event.data;
      return fact(event, { fact: 'eligibility', personId, ruleVersion, eligible });
    }
    default:
      return undefined;
  }
}

type ProgramEvent = Extract<
  ReceivedContract,
  {
    name: 'ProgramCreated' | 'ProgramChanged' | 'CohortOpened' | 'CohortClosed' | 'EligibilityEvaluated';
  }
>;

const fact = (event: ProgramEvent, said: Said): ProgramFact => ({
  ...stampOf(event),
  programId: event.data.programId,
  ...said,
});
