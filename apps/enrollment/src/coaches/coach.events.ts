import type { DomainEvent } from '@cairn/decider';
import type { CoachProfile, ReassessmentCause, ReassessmentOutcome } from './coach.js';

/** What events say of a coach: the profile without the conflicts, which name people, and the capacity, which has its own events. */
export type ToldProfile = Omit<CoachProfile, 'capacity' | 'conflicts'>;

/** Everything that a coach is known by outside enrolment. `personId` only for an internal coach. */
interface Told {
  readonly coachId: string;
  readonly personId: string | null;
  readonly capacity: number;
  readonly profile: ToldProfile;
}

/** Stored names are pinned: rename the type alias, never the string. */
export type CoachEvent =
  | DomainEvent<'CoachAdded', Told>
  | DomainEvent<'CoachProfileChanged', { coachId: string; profile: ToldProfile }>
  /** A coach turns out to be one of the employees. */
  | DomainEvent<'CoachIdentified', { coachId: string; personId: string }>
  /** Carries what was known at that moment, since nothing before it is told outside. Told anew of who is identified later. */
  | DomainEvent<'CoachApproved', Told>
  | DomainEvent<'CoachSuspended', { coachId: string; reason: string }>
  | DomainEvent<'CoachReinstated', { coachId: string }>
  | DomainEvent<'CoachCapacityChanged', { coachId: string; capacity: number }>
  | DomainEvent<'CoachScreened', { coachId: string }>
  | DomainEvent<'CoachInterviewed', { coachId: string }>
  | DomainEvent<'CoachRetired', { coachId: string; reason: string }>
  /** One recorded anew replaces the one before. `expiresAt` is the end of that day where the coach is; it stays inside. */
  | DomainEvent<'CredentialRecorded', Held & { expiresOn?: string; expiresAt?: string }>
  | DomainEvent<'CredentialExpired', Held & { on: string }>
  | DomainEvent<
      'CoachReassessed',
      { coachId: string; outcome: ReassessmentOutcome; cause: ReassessmentCause }
    >;

interface Held {
  readonly coachId: string;
  readonly credential: string;
  readonly issuer: string;
}
