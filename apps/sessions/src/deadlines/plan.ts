import type { DeadlineChange, DeadlineToSet } from '@cairn/deadlines';
import type { StoredEvent } from '@cairn/event-store';
import { engagementEventOf } from '../engagement/engagement.upcasters.js';
import type { SessionPolicy } from '../session/session.events.js';
import { hoursAfter } from '../session/session.state.js';
import { sessionEventOf } from '../session/session.upcasters.js';

/**
 * What an event means for the deadlines: a session's end, and when silence after it is judged. Every engagement has a
 * history under its own id, complete from the start unless an importer tells it.
 */
export const plan = (stored: StoredEvent): readonly DeadlineChange[] =>
  stored.stream.startsWith('session-') ? ofSession(stored) : ofEngagement(stored);

function ofSession(stored: StoredEvent): DeadlineChange[] {
  const event = sessionEventOf(stored);
  const { sessionId, engagementId } = event.data;
  const end = `${stored.stream}/end`;
  const silence = `${stored.stream}/silence`;
  const both = (endsAt: string, { silenceHours }: SessionPolicy): DeadlineChange[] => {
    const common = { subjectId: sessionId, historyKey: engagementId };
    const deadlines: DeadlineToSet[] = [
      { ...common, key: end, kind: 'session-ends', dueAt: endsAt },
      { ...common, key: silence, kind: 'silence-is-judged', dueAt: hoursAfter(endsAt, silenceHours) },
    ];
    return deadlines.map((set) => ({ set }));
  };
  switch (event.type) {
    case 'SessionScheduled':
      return both(event.data.endsAt, event.data.policy);
    case 'SessionRescheduled':
      return both(event.data.to.endsAt, event.data.policy);
    case 'SessionAwaitingConfirmation':
      return [{ clear: end }];
    case 'SessionCancelled':
    case 'SessionCompleted':
    case 'SessionUnconfirmed':
    case 'NoShowRecorded':
      return [{ clear: end }, { clear: silence }];
    default:
      return [];
  }
}

function ofEngagement(stored: StoredEvent): DeadlineChange[] {
  const event = engagementEventOf(stored);
  const { engagementId: key } = event.data;
  switch (event.type) {
    case 'EngagementPlanned': {
      const { history } = event.data;
      const told = history?.through ? { through: history.through } : {};
      return [{ history: { key, ...told, complete: history === undefined } }];
    }
    case 'HistoryDeclared':
      return [{ history: { key, through: event.data.through, complete: event.data.complete } }];
    default:
      return [];
  }
}
