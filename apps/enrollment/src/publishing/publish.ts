import type { ContractEvent, Published } from '@cairn/contracts';
import type { DomainEvent } from '@cairn/decider';
import type { StoredEvent } from '@cairn/event-store';
import type { AssessmentEvent } from '../assessment/assessment.events.js';
import { toldOf } from '../assessment/results.js';
import type { CoachEvent } from '../coaches/coach.events.js';
import type { EnrollmentEvent } from '../enrollment/enrollment.events.js';
import type { FitEvent, FittingCoach, MatchEvent } from '../matching/match.events.js';
import type { PersonEvent } from '../people/person.events.js';
import type { EligibilityEvent, ProgramEvent } from '../programs/program.events.js';

/** Everything that stands in this service's log. */
export type EnrollmentLogEvent =
  | PersonEvent
  | ProgramEvent
  | EligibilityEvent
  | CoachEvent
  | EnrollmentEvent
  | MatchEvent
  | FitEvent
  | AssessmentEvent
  /** Written by `PersonReads`. */
  | DomainEvent<'PeopleShown', Published<'PeopleShown'>>;

/**
 * What leaves the service of a stored event. Stored shapes stay inside: hours, the reasons beside a score, and how a
 * coachee's request was closed are nobody else's business.
 */
export function publish(stored: StoredEvent): readonly ContractEvent[] {
  const event = stored as unknown as EnrollmentLogEvent;
  switch (event.type) {
    case 'EligibilityRulesDefined':
    case 'TriggersDefined':
    case 'CoachAdded':
    case 'CoachProfileChanged':
    case 'CoachIdentified':
    case 'CoachScreened':
    case 'CoachInterviewed':
    case 'RaterRemoved':
    case 'ResultsShared':
    case 'HandoverChosen':
    case 'SilenceAwaited':
      return [];
    case 'AssessmentRequested': {
      const { opensOn: _, closesOn: __, zone: ___, ...data } = event.data;
      return [{ name: event.type, data } as unknown as ContractEvent];
    }
    case 'RaterNominated':
    case 'RaterApproved': {
      const { raterId: _, ...data } = event.data;
      return [{ name: event.type, data } as ContractEvent];
    }
    case 'CoachApproved': {
      const { coachId, personId, capacity, profile } = event.data;
      const { levels, specialties, styles, languages, hours } = profile;
      const data = { coachId, capacity, levels, specialties, styles, languages, zone: hours.zone };
      return [
        { name: event.type, data: { ...data, ...(personId === null ? {} : { personId }) } } as ContractEvent,
      ];
    }
    case 'CredentialRecorded': {
      const { expiresAt: _, ...data } = event.data;
      return [{ name: event.type, data }];
    }
    case 'EnrollmentActivated':
    case 'EnrollmentExtended': {
      const { endsAt: _, ...data } = event.data;
      return [{ name: event.type, data } as ContractEvent];
    }
    case 'MatchingPreferencesGiven': {
      const { hours: _, ...data } = event.data;
      return [{ name: event.type, data } as ContractEvent];
    }
    case 'CoachesShortlisted': {
      const { coaches, ...refs } = event.data;
      return [{ name: event.type, data: { ...refs, coaches: coaches.map(fitOf) } }];
    }
    case 'MatchProposed': {
      const { by: _, handover: __, ...data } = event.data;
      return [{ name: event.type, data }];
    }
    case 'MatchRequested': {
      const { from: _, declined: __, ...data } = event.data;
      return [{ name: event.type, data }];
    }
    case 'MatchDeclined': {
      const { by, ...data } = event.data;
      // The programme's own is a step on the way to closing the request, which is told by itself.
      return by === 'program' ? [] : [{ name: event.type, data: { ...data, by } } as ContractEvent];
    }
    case 'NoCoachAvailable': {
      const { removed: _, ...data } = event.data;
      return [{ name: event.type, data }];
    }
    case 'CoachMatched': {
      const { coachId, score, parts, ...data } = event.data;
      return [{ name: event.type, data: { ...data, ...fitOf({ coachId, score, parts }) } }];
    }
    case 'ParticipantNominated': {
      const { reason, ...data } = event.data;
      // A gap of their team is told by the manager baseline, to those who may read it, and to nobody else.
      return [{ name: event.type, data: reason && reason !== 'baseline-gap' ? { ...data, reason } : data }];
    }
    case 'ResultsReleased': {
      // Before decision 34 they were kept exact.
      const results = event.data.results.map(toldOf);
      return [{ name: event.type, data: { ...event.data, results } } as ContractEvent];
    }
    case 'PersonAdded':
    case 'PersonChanged':
    case 'PersonLeft':
    case 'LeavingReasonRecorded':
    case 'EngagementScoreRecorded':
    case 'PerformanceRatingRecorded':
    case 'ProgramCreated':
    case 'ProgramChanged':
    case 'CohortOpened':
    case 'CohortClosed':
    case 'EligibilityEvaluated':
    case 'CoachSuspended':
    case 'CoachReinstated':
    case 'CoachCapacityChanged':
    case 'CoachRetired':
    case 'CredentialExpired':
    case 'CoachReassessed':
    case 'ParticipantWaitlisted':
    case 'InvitationSent':
    case 'InvitationDeclined':
    case 'InvitationExpired':
    case 'ParticipantWithdrawn':
    case 'EnrollmentPaused':
    case 'EnrollmentResumed':
    case 'EnrollmentCompleted':
    case 'EnrollmentDiscontinued':
    case 'EnrollmentCancelled':
    case 'SessionsAllotted':
    case 'ProgramFeedbackGiven':
    case 'HistoryDeclared':
    case 'HandoverConsented':
    case 'MatchMarkedAtRisk':
    case 'MatchRecovered':
    case 'RematchRequested':
    case 'FitSignalRecorded':
    case 'MatchRequestWithdrawn':
    case 'MatchEnded':
    case 'AnswersCounted':
    case 'AssessmentClosed':
    case 'AssessmentWithdrawn':
    case 'PrioritiesIdentified':
    case 'PeopleShown':
      return [{ name: event.type, data: event.data } as ContractEvent];
  }
}

/** A score and its parts without the reasons, which are written for those who decide. */
const fitOf = ({ coachId, score, parts }: FittingCoach) => ({
  coachId,
  score,
  parts: parts.map(({ name, weight, value }) => ({ name, weight, value })),
});
