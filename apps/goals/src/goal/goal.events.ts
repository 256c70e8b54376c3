import type { DomainEvent } from '@cairn/decider';

export type Party = 'coachee' | 'coach';
/** Goal attainment scaling: −2 much less than expected, 0 as expected, +2 much more than expected. */
export type Level = -2 | -1 | 0 | 1 | 2;
export type Outcome = 'attained' | 'partlyAttained' | 'notAttained' | 'dropped';

/** Whose goal it is; carried by every event of it. */
export interface GoalRefs {
  readonly goalId: string;
  readonly engagementId: string;
  readonly enrollmentId: string;
  readonly programId: string;
  readonly cohortId: string;
  readonly personId: string;
  readonly coachId: string;
}

/** What is public of a goal. Its wording is private text, held by id. */
export interface GoalTerms {
  readonly theme: string;
  readonly weight: number;
  readonly targetDate: string;
}

type Of<Type extends string, Body extends object = object> = DomainEvent<Type, GoalRefs & Body>;

/** Stored names are pinned. `…TextId` points to private text, never to the text itself. */
export type GoalEvent =
  | Of<'GoalProposed', { by: Party; textId: string } & GoalTerms>
  | Of<'GoalAgreed', GoalTerms>
  | Of<'AttainmentScaleDefined', { by: Party; baselineLevel: Level; levelTextIds: readonly string[] }>
  | Of<'PracticeCommitted', { practiceId: string; dueOn: string; textId: string }>
  | Of<'PracticeReported', { practiceId: string; done: 'yes' | 'partly' | 'no'; textId: string | null }>
  | Of<'CheckInRecorded', { by: Party; movement: 'forward' | 'steady' | 'back'; textId: string | null }>
  | Of<
      'AttainmentScored',
      { level: Level; scorer: 'self' | 'observed'; moment: 'baseline' | 'interim' | 'closing' }
    >
  | Of<'GoalRevised', { by: Party; textId: string | null } & GoalTerms>
  | Of<'GoalClosed', { by: Party; outcome: Outcome }>
  | Of<'GoalSharingSet', { with: 'hr' | 'manager'; shared: boolean }>;
