import { readFileSync } from 'node:fs';
import { fold } from '@cairn/decider';
import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@cairn/event-store';
import { engagementDecider } from '../engagement/engagement.decider.js';
import { engagementEventOf } from '../engagement/engagement.upcasters.js';
import { publish } from '../publishing/publish.js';
import { sessionDecider } from './session.decider.js';
import { sessionEventOf } from './session.upcasters.js';

/** What lies in logs out there: these files only ever grow. */
const stored = (file: string): StoredEvent[] =>
  JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as StoredEvent[];
const sessionEvents = stored('./session.fixtures.json');
const engagementEvents = stored('../engagement/engagement.fixtures.json');
const types = (events: StoredEvent[]) => [...new Set(events.map(({ type }) => type))].sort();

describe('stored events', () => {
  it('of a session are still read as they were written', () => {
    expect(fold(sessionDecider, sessionEvents.map(sessionEventOf))).toMatchInlineSnapshot(`
     {
       "asides": 3,
       "cancelledBy": "coachee",
       "confirmedBy": [
         "coach",
       ],
       "endsAt": "2026-03-10T10:00:00.000Z",
       "judgement": {
         "auto": false,
         "forfeited": true,
         "judgedAt": "2026-03-19T12:00:00.000Z",
         "outcome": "coachee-late-cancel",
         "policyVersion": 1,
         "reason": null,
       },
       "lastAt": "2026-03-19T12:00:00.000Z",
       "moves": 1,
       "notes": [
         {
           "at": "2026-03-02T12:00:00.000Z",
           "by": "coach",
           "noteId": "0e6ed5f6-4b7c-5d2c-9a0a-0f6f0a1f6a11",
         },
       ],
       "policy": {
         "disputeHours": 72,
         "lateCancelForfeits": true,
         "noShowForfeits": true,
         "noticeHours": 24,
         "silenceHours": 72,
         "version": 1,
       },
       "rating": {
         "progress": 3,
         "relationship": 5,
         "useful": 4,
       },
       "refs": {
         "coachId": "f41642e4-e0e5-5058-975e-96fd0c76339f",
         "cohortId": "48cef50e-f2c1-51a9-969a-921b048662c6",
         "engagementId": "f5113f8d-3c19-5d1a-81ec-c7a179efd9da",
         "enrollmentId": "99d7b3a6-a847-5687-87ef-7911cadcdc0d",
         "personId": "f8e31c4c-c976-5314-8e25-81f342720a86",
         "programId": "2ddefe51-0e35-5dd0-a9a9-2828cb20ddc1",
         "sessionId": "3efbb07d-29ea-5cea-86fd-3c4ae9b9aac1",
       },
       "seriesId": "ac9067fe-57aa-59bc-b649-e8fdea6cfbcf",
       "startsAt": "2026-03-10T09:00:00.000Z",
       "status": "judged",
       "themes": [
         "giving-feedback",
       ],
       "zone": "Europe/Berlin",
     }
    `);
  });

  it('of an engagement are still read as they were written', () => {
    expect(fold(engagementDecider, engagementEvents.map(engagementEventOf))).toMatchInlineSnapshot(`
     {
       "cadence": "weekly",
       "coachPersonId": "0b54d9e6-2b7e-5c3d-8b8b-1a1a2b3c4d5e",
       "endsOn": "2026-07-31",
       "granted": 8,
       "history": {
         "through": "2026-03-10T00:00:00.000Z",
       },
       "lastAt": "2026-03-22T12:00:00.000Z",
       "overAt": "2026-03-22T12:00:00.000Z",
       "pauses": [
         {
           "from": "2026-03-06",
           "until": "2026-03-13",
         },
       ],
       "plannedAt": "2026-03-01T12:00:00.000Z",
       "refs": {
         "coachId": "f41642e4-e0e5-5058-975e-96fd0c76339f",
         "cohortId": "48cef50e-f2c1-51a9-969a-921b048662c6",
         "engagementId": "f5113f8d-3c19-5d1a-81ec-c7a179efd9da",
         "enrollmentId": "99d7b3a6-a847-5687-87ef-7911cadcdc0d",
         "personId": "f8e31c4c-c976-5314-8e25-81f342720a86",
         "programId": "2ddefe51-0e35-5dd0-a9a9-2828cb20ddc1",
       },
       "returned": true,
       "started": true,
       "status": "ended",
       "usedUp": true,
       "zone": "Europe/Berlin",
     }
    `);
  });

  it('have each a fixture', () => {
    expect(types(sessionEvents)).toEqual([
      'NoShowRecorded',
      'OutcomeCorrected',
      'SessionAutoConfirmed',
      'SessionAwaitingConfirmation',
      'SessionCancelled',
      'SessionCompleted',
      'SessionConfirmed',
      'SessionDisputed',
      'SessionForfeited',
      'SessionNoteAdded',
      'SessionRated',
      'SessionRescheduled',
      'SessionScheduled',
      'SessionThemesRecorded',
      'SessionUnconfirmed',
    ]);
    expect(types(engagementEvents)).toEqual([
      'AllotmentGranted',
      'AllotmentUsed',
      'EngagementCompleted',
      'EngagementEnded',
      'EngagementExtended',
      'EngagementPaused',
      'EngagementPlanned',
      'EngagementResumed',
      'EngagementStarted',
      'HistoryDeclared',
      'SessionsReturned',
    ]);
  });

  it('are each published under their own name, without the terms and the internal coach; what enrolment has published is not published again', () => {
    for (const event of [...sessionEvents, ...engagementEvents]) {
      const names = publish(event).map(({ name }) => name);
      const ofEnrolment = ['AllotmentGranted', 'HistoryDeclared'].includes(event.type);
      expect(names).toEqual(ofEnrolment ? [] : [event.type]);
      for (const { name, data } of publish(event)) {
        expect(data).not.toHaveProperty('coachPersonId');
        expect(data).not.toHaveProperty('history');
        if (name !== 'EngagementPlanned') expect(data).not.toHaveProperty('policy');
      }
    }
  });
});
