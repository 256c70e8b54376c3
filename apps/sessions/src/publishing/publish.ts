import type { ContractEvent } from '@cairn/contracts';
import type { StoredEvent } from '@cairn/event-store';
import type { EngagementEvent } from '../engagement/engagement.events.js';
import { engagementEventOf } from '../engagement/engagement.upcasters.js';
import type { SessionEvent } from '../session/session.events.js';
import { sessionEventOf } from '../session/session.upcasters.js';

/**
 * What leaves the service of a stored event. Stored shapes stay inside: the terms that a session was booked under, and
 * who an internal coach is, are nobody else's business.
 */
export function publish(stored: StoredEvent): readonly ContractEvent[] {
  if (stored.type === 'SessionsShown') return [{ name: stored.type, data: stored.data } as ContractEvent];
  return stored.stream.startsWith('session-')
    ? ofSession(sessionEventOf(stored))
    : ofEngagement(engagementEventOf(stored));
}

function ofSession(event: SessionEvent): ContractEvent[] {
  switch (event.type) {
    case 'SessionScheduled': {
      const { policy: _, ...data } = event.data;
      return [{ name: event.type, data }];
    }
    case 'SessionRescheduled': {
      const { policy: _, ...data } = event.data;
      return [{ name: event.type, data }];
    }
    case 'SessionCancelled':
    case 'SessionAwaitingConfirmation':
    case 'SessionConfirmed':
    case 'SessionAutoConfirmed':
    case 'SessionUnconfirmed':
    case 'NoShowRecorded':
    case 'SessionCompleted':
    case 'SessionForfeited':
    case 'SessionRated':
    case 'SessionThemesRecorded':
    case 'SessionNoteAdded':
    case 'SessionDisputed':
    case 'OutcomeCorrected':
      return [{ name: event.type, data: event.data } as ContractEvent];
  }
}

function ofEngagement(event: EngagementEvent): ContractEvent[] {
  switch (event.type) {
    case 'EngagementPlanned': {
      const { coachPersonId: _, history: __, ...data } = event.data;
      return [{ name: event.type, data }];
    }
    case 'AllotmentGranted':
    case 'HistoryDeclared':
      return []; // enrolment has published them: SessionsAllotted, HistoryDeclared
    case 'EngagementStarted':
    case 'EngagementPaused':
    case 'EngagementResumed':
    case 'EngagementExtended':
    case 'EngagementCompleted':
    case 'EngagementEnded':
    case 'AllotmentUsed':
    case 'SessionsReturned':
      return [{ name: event.type, data: event.data } as ContractEvent];
  }
}
