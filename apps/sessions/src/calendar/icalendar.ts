import ical, { ICalEventClass, ICalEventStatus, ICalEventTransparency } from 'ical-generator';

/** A session as a calendar needs it. */
export interface Appointment {
  readonly sessionId: string;
  readonly engagementId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Whether it takes the time of the two: what was cancelled does not, also while that is disputed. */
  readonly takesTime: boolean;
  /** How often its time or state has changed: a calendar takes a later one for the newer. */
  readonly revision: number;
}

/**
 * Sessions as a calendar (RFC 5545), one event each. Times are in UTC, which every calendar shows in its reader's zone. No
 * event names anybody or says what a session is about: calendars are shared with colleagues.
 * @param at when the calendar is made
 */
export function calendarOf(appointments: readonly Appointment[], at: Date): string {
  const calendar = ical({
    name: 'Coaching',
    prodId: { company: 'Cairn', product: 'Coaching' },
  });
  for (const { sessionId, engagementId, startsAt, endsAt, takesTime, revision } of appointments) {
    calendar.createEvent({
      id: sessionId,
      sequence: revision,
      stamp: at,
      start: startsAt,
      end: endsAt,
      summary: 'Coaching session',
      description: `Engagement ${engagementId}`,
      class: ICalEventClass.PRIVATE,
      status: takesTime ? ICalEventStatus.CONFIRMED : ICalEventStatus.CANCELLED,
      transparency: takesTime ? ICalEventTransparency.OPAQUE : ICalEventTransparency.TRANSPARENT,
    });
  }
  // Each line ends, the last one too.
  return `${calendar.toString()}\r\n`;
}
