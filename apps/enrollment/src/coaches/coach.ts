import type { Level } from '../people/import/mapping.js';
import type { WeeklyHours } from './weekly-hours.js';

/** The layer that a title stands for. Who leads with a title of no layer is coached as a manager. */
export { levels as LEVELS, type Level } from '../people/import/mapping.js';

export const COACH_STATUSES = [
  'applied',
  'screened',
  'interviewed',
  'approved',
  'suspended',
  'retired',
] as const;
export type CoachStatus = (typeof COACH_STATUSES)[number];

/** Who has never been approved. */
export const isCandidate = (status: string): boolean =>
  status === 'applied' || status === 'screened' || status === 'interviewed';

/** What a coach brings: the facts that matching weighs. Name and e-mail address stand apart, in the coach's record. */
export interface CoachProfile {
  /** Labels as written; compared folded. */
  readonly industries: readonly string[];
  readonly functions: readonly string[];
  readonly levels: readonly Level[];
  /** Years of coaching. */
  readonly years: number;
  /** Folded theme labels, for example "giving-feedback". */
  readonly specialties: readonly string[];
  /** Folded labels, for example "challenging". */
  readonly styles: readonly string[];
  /** BCP 47 tags, for example "en" or "pt-BR"; regions do not count in matching. */
  readonly languages: readonly string[];
  readonly hours: WeeklyHours;
  /** Engagements at the same time. */
  readonly capacity: number;
  /** Employee ids of people whom this coach has declared never to coach. */
  readonly conflicts: readonly string[];
}

/** A qualification that somebody has attested: ACC, PCC, MCC or another, known by its name and issuer. */
export interface Credential {
  readonly credential: string;
  readonly issuer: string;
  /** The last day on which it is valid; null where it does not expire. */
  readonly expiresOn: string | null;
  readonly expiresAt: string | null;
  readonly expired: boolean;
}

/** A credential as somebody tells it. */
export type TellingCredential = Pick<Credential, 'credential' | 'issuer' | 'expiresOn'>;

export const REASSESSMENT_OUTCOMES = ['passed', 'watch', 'suspended'] as const;
export type ReassessmentOutcome = (typeof REASSESSMENT_OUTCOMES)[number];
export type ReassessmentCause = 'third-engagement' | 'yearly' | 'by-hand';
