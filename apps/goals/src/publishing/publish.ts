import type { ContractEvent, Published } from '@cairn/contracts';
import type { StoredEvent } from '@cairn/event-store';
import { goalEventOf } from '../goal/goal.upcasters.js';
import { isOfPulse, pulseEventOf } from '../pulse/pulse.upcasters.js';

/** What the world outside hears of a stored event: never a text, nor the id of one. */
export function publish(stored: StoredEvent): ContractEvent[] {
  if (stored.type === 'GoalsShown') return [{ name: stored.type, data: stored.data } as ContractEvent];
  if (isOfPulse(stored)) {
    const { type, data } = pulseEventOf(stored);
    return [{ name: type, data } as ContractEvent];
  }
  const event = goalEventOf(stored);
  const refs = refsOf(event.data);
  switch (event.type) {
    case 'GoalProposed': {
      const { by, theme, weight, targetDate } = event.data;
      return [{ name: 'GoalProposed', data: { ...refs, by, theme, weight, targetDate } }];
    }
    case 'GoalAgreed': {
      const { theme, weight, targetDate } = event.data;
      return [{ name: 'GoalAgreed', data: { ...refs, theme, weight, targetDate } }];
    }
    case 'AttainmentScaleDefined':
      return [{ name: 'AttainmentScaleDefined', data: { ...refs, baselineLevel: event.data.baselineLevel } }];
    case 'PracticeCommitted': {
      const { practiceId, dueOn } = event.data;
      return [{ name: 'PracticeCommitted', data: { ...refs, practiceId, dueOn } }];
    }
    case 'PracticeReported': {
      const { practiceId, done } = event.data;
      return [{ name: 'PracticeReported', data: { ...refs, practiceId, done } }];
    }
    case 'CheckInRecorded': {
      const { by, movement } = event.data;
      return [{ name: 'CheckInRecorded', data: { ...refs, by, movement } }];
    }
    case 'AttainmentScored': {
      const { level, scorer, moment } = event.data;
      return [{ name: 'AttainmentScored', data: { ...refs, level, scorer, moment } }];
    }
    case 'GoalRevised': {
      const { by, theme, weight, targetDate } = event.data;
      return [{ name: 'GoalRevised', data: { ...refs, by, theme, weight, targetDate } }];
    }
    case 'GoalClosed':
      return [{ name: 'GoalClosed', data: { ...refs, outcome: event.data.outcome } }];
    // Whom the coachee lets see a goal is between them and this service.
    case 'GoalSharingSet':
      return [];
  }
}

type Refs = Pick<
  Published<'GoalAgreed'>,
  'goalId' | 'engagementId' | 'enrollmentId' | 'programId' | 'cohortId' | 'personId' | 'coachId'
>;

const refsOf = ({
  goalId,
  engagementId,
  enrollmentId,
  programId,
  cohortId,
  personId,
  coachId,
}: Refs): Refs => ({
  goalId,
  engagementId,
  enrollmentId,
  programId,
  cohortId,
  personId,
  coachId,
});
