import { readFileSync } from 'node:fs';
import { fold } from '@cairn/decider';
import type { StoredEvent } from '@cairn/event-store';
import { describe, expect, it } from '@jest/globals';
import { publish } from '../publishing/publish.js';
import { goalDecider } from './goal.decider.js';
import { goalEventOf } from './goal.upcasters.js';

/** What lies in logs out there: the file only ever grows. */
const events = JSON.parse(
  readFileSync(new URL('./goal.fixtures.json', import.meta.url), 'utf8'),
) as StoredEvent[];

describe('stored events of a goal', () => {
  it('are still read as they were written', () => {
    expect(fold(goalDecider, events.map(goalEventOf))).toMatchInlineSnapshot(`
     {
       "checkIns": [
         {
           "at": "2026-03-06T09:00:00.000Z",
           "movement": "forward",
           "textId": "0190f7a2-0000-7000-8000-000000000032",
         },
       ],
       "lastOccurredAt": "2026-03-11T09:00:00.000Z",
       "practices": [
         {
           "done": "partly",
           "dueOn": "2026-03-10",
           "practiceId": "0190f7a2-0000-7000-8000-000000000030",
           "reportTextId": null,
           "textId": "0190f7a2-0000-7000-8000-000000000031",
         },
       ],
       "proposedBy": "coachee",
       "refs": {
         "coachId": "0190f7a2-0000-7000-8000-000000000007",
         "cohortId": "0190f7a2-0000-7000-8000-000000000005",
         "engagementId": "0190f7a2-0000-7000-8000-000000000002",
         "enrollmentId": "0190f7a2-0000-7000-8000-000000000003",
         "goalId": "0190f7a2-0000-7000-8000-000000000001",
         "personId": "0190f7a2-0000-7000-8000-000000000006",
         "programId": "0190f7a2-0000-7000-8000-000000000004",
       },
       "scale": {
         "baselineLevel": -1,
         "levelTextIds": [
           "0190f7a2-0000-7000-8000-000000000021",
           "0190f7a2-0000-7000-8000-000000000022",
           "0190f7a2-0000-7000-8000-000000000023",
           "0190f7a2-0000-7000-8000-000000000024",
           "0190f7a2-0000-7000-8000-000000000025",
         ],
       },
       "scores": [
         {
           "level": -1,
           "moment": "baseline",
           "scorer": "self",
         },
         {
           "level": 1,
           "moment": "closing",
           "scorer": "observed",
         },
       ],
       "sharedWith": [
         "hr",
       ],
       "status": "partlyAttained",
       "terms": {
         "targetDate": "2026-07-01",
         "theme": "giving-feedback",
         "weight": 3,
       },
       "textId": "0190f7a2-0000-7000-8000-000000000020",
     }
    `);
  });

  it('have each a fixture', () => {
    expect([...new Set(events.map(({ type }) => type))].sort()).toEqual([
      'AttainmentScaleDefined',
      'AttainmentScored',
      'CheckInRecorded',
      'GoalAgreed',
      'GoalClosed',
      'GoalProposed',
      'GoalRevised',
      'GoalSharingSet',
      'PracticeCommitted',
      'PracticeReported',
    ]);
  });

  it('are each published under their own name, without a text; whom a goal is shared with is not', () => {
    for (const event of events) {
      const published = publish(event);
      expect(published.map(({ name }) => name)).toEqual(event.type === 'GoalSharingSet' ? [] : [event.type]);
      expect(JSON.stringify(published)).not.toContain('extId');
    }
  });
});
