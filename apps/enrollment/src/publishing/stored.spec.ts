import { readFileSync } from 'node:fs';
import { contracts } from '@cairn/contracts';
import { fold } from '@cairn/decider';
import type { StoredEvent } from '@cairn/event-store';
import { envelopesOf } from '@cairn/messaging';
import { describe, expect, it } from '@jest/globals';
import { assessmentDecider } from '../assessment/assessment.decider.js';
import type { AssessmentEvent } from '../assessment/assessment.events.js';
import { coachDecider } from '../coaches/coach.decider.js';
import { enrollmentDecider } from '../enrollment/enrollment.decider.js';
import { matchDecider } from '../matching/match.decider.js';
import { programDecider } from '../programs/program.decider.js';
import { publish } from './publish.js';

/** What lies in logs out there: these files only ever grow. */
const stored = <Event = StoredEvent>(file: string): Event[] =>
  JSON.parse(readFileSync(new URL(`../${file}.fixtures.json`, import.meta.url), 'utf8')) as Event[];
const files = [
  'people/person',
  'people/shown',
  'programs/program',
  'programs/eligibility',
  'coaches/coach',
  'enrollment/enrollment',
  'matching/match',
  'matching/fit',
  'assessment/assessment',
];
const all = files.flatMap((file) => stored(file));
const INSIDE_ONLY = [
  'CoachAdded',
  'CoachProfileChanged',
  'CoachIdentified',
  'CoachScreened',
  'CoachInterviewed',
  'HandoverChosen',
  'SilenceAwaited',
  'EligibilityRulesDefined',
  'RaterRemoved',
  'ResultsShared',
  'TriggersDefined',
];
const id = '0190f7a2-0000-7000-8000-000000000092';
const metadata = {
  tenantId: id,
  commandId: id,
  correlationId: id,
  actor: { subject: 'somebody', role: 'hr' },
};

describe('stored events', () => {
  it('have each a fixture', () => {
    const ofContracts = [...contracts.values()].filter(({ context }) => context === 'enrollment');
    const wanted = [...ofContracts.map(({ name }) => name), ...INSIDE_ONLY];
    expect(all.map(({ type }) => type).sort()).toEqual(wanted.sort());
  });

  it.each(all.map((event) => [event.type, event] as const))(
    '%s is published by its contract, as it was written',
    (type, event) => {
      const whole = { ...event, id, recordedAt: event.occurredAt, position: '0000000000000001', metadata };
      const service = { service: 'enrollment' as const, generation: 1, publish };
      expect(envelopesOf(service, whole as StoredEvent)).toHaveLength(INSIDE_ONLY.includes(type) ? 0 : 1);
      for (const { name } of publish(event)) expect(name).toBe(type);
    },
  );

  it('of a programme are still read as they were written', () => {
    expect(fold(programDecider, stored('programs/program'))).toMatchInlineSnapshot(`
     {
       "changes": [
         {
           "changes": {
             "capacity": 60,
           },
           "effectiveOn": "2026-02-01",
         },
       ],
       "cohorts": [
         {
           "closedOn": "2026-02-01",
           "cohortId": "0190f7a2-0000-7000-8000-000000000003",
           "name": "Spring",
           "opensOn": "2026-01-05",
         },
       ],
       "created": {
         "activationDays": 14,
         "allotment": 12,
         "cadence": "bi-weekly",
         "capacity": 40,
         "costPerSession": {
           "amount": 180,
           "currency": "EUR",
         },
         "endsOn": "2026-06-30",
         "managersSeeParticipation": false,
         "minimumGroup": 5,
         "name": "First steps",
         "pricingModel": "session",
         "sessionPolicy": {
           "disputeHours": 72,
           "lateCancelForfeits": true,
           "noShowForfeits": true,
           "noticeHours": 24,
           "silenceHours": 72,
           "version": 1,
         },
         "startsOn": "2026-01-05",
         "themes": [
           "giving-feedback",
         ],
         "track": "manager",
         "zone": "Europe/Berlin",
       },
       "programId": "0190f7a2-0000-7000-8000-000000000002",
       "rules": {
         "list": [],
         "version": 1,
       },
       "status": "created",
       "triggers": [
         {
           "automaticInto": null,
           "code": "first-90-days",
           "kind": "promoted-to-manager",
           "withinDays": 90,
         },
       ],
       "values": {
         "activationDays": 14,
         "allotment": 12,
         "cadence": "bi-weekly",
         "capacity": 60,
         "costPerSession": {
           "amount": 180,
           "currency": "EUR",
         },
         "endsOn": "2026-06-30",
         "managersSeeParticipation": false,
         "minimumGroup": 5,
         "name": "First steps",
         "pricingModel": "session",
         "sessionPolicy": {
           "disputeHours": 72,
           "lateCancelForfeits": true,
           "noShowForfeits": true,
           "noticeHours": 24,
           "silenceHours": 72,
           "version": 1,
         },
         "startsOn": "2026-01-05",
         "themes": [
           "giving-feedback",
         ],
         "track": "manager",
         "zone": "Europe/Berlin",
       },
     }
    `);
  });
  it('of a coach are still read as they were written', () => {
    expect(fold(coachDecider, stored('coaches/coach'))).toMatchInlineSnapshot(`
     {
       "capacity": 8,
       "coachId": "0190f7a2-0000-7000-8000-000000000006",
       "credentials": [
         {
           "credential": "PCC",
           "expired": true,
           "expiresAt": "2026-03-31T22:00:00.000Z",
           "expiresOn": "2026-03-31",
           "issuer": "ICF",
         },
       ],
       "lastOccurredAt": "2026-01-05T09:12:00.000Z",
       "personId": "0190f7a2-0000-7000-8000-000000000007",
       "profile": {
         "functions": [
           "manufacturing",
         ],
         "hours": {
           "slots": [
             {
               "day": "mon",
               "from": "09:00",
               "to": "12:00",
             },
           ],
           "zone": "Europe/Berlin",
         },
         "industries": [
           "manufacturing",
         ],
         "languages": [
           "en",
         ],
         "levels": [
           "manager",
         ],
         "specialties": [
           "giving-feedback",
         ],
         "styles": [
           "direct",
         ],
         "years": 12,
       },
       "reassessed": {
         "at": "2026-01-05T09:11:00.000Z",
         "outcome": "watch",
       },
       "retiredFor": "stopped-coaching",
       "status": "retired",
       "suspendedFor": "on-leave",
     }
    `);
  });
  it('of an enrolment are still read as they were written', () => {
    expect(fold(enrollmentDecider, stored('enrollment/enrollment'))).toMatchInlineSnapshot(`
     {
       "activatedAt": "2026-01-05T09:06:00.000Z",
       "allotted": 12,
       "deadline": "2026-01-19T23:00:00.000Z",
       "endsAt": "2026-09-30T22:00:00.000Z",
       "endsOn": "2026-09-30",
       "feedback": {
         "end": 9,
       },
       "history": {
         "through": "2026-01-31T00:00:00.000Z",
       },
       "invitations": 1,
       "lastOccurredAt": "2026-01-05T09:16:00.000Z",
       "pausedFrom": null,
       "preferences": {
         "hours": "mon-fri 09:00-17:00",
         "languages": [
           "en",
         ],
         "styles": [
           "direct",
         ],
         "themes": [
           "giving-feedback",
         ],
         "zone": "Europe/Berlin",
       },
       "privacyNoticeVersion": "2026-01",
       "reason": "unresponsive",
       "refs": {
         "cohortId": "0190f7a2-0000-7000-8000-000000000003",
         "enrollmentId": "0190f7a2-0000-7000-8000-000000000001",
         "personId": "0190f7a2-0000-7000-8000-000000000004",
         "programId": "0190f7a2-0000-7000-8000-000000000002",
       },
       "status": "cancelled",
     }
    `);
  });
  it('of a match are still read as they were written', () => {
    expect(fold(matchDecider, stored('matching/match'))).toMatchInlineSnapshot(`
     {
       "coach": {
         "coachId": "0190f7a2-0000-7000-8000-000000000006",
         "parts": [
           {
             "name": "language",
             "reason": "manufacturing",
             "value": 0.75,
             "weight": 1,
           },
         ],
         "score": 0.75,
       },
       "declinedCoachIds": [
         "0190f7a2-0000-7000-8000-000000000006",
       ],
       "lastOccurredAt": "2026-01-05T09:12:00.000Z",
       "refs": {
         "cohortId": "0190f7a2-0000-7000-8000-000000000003",
         "enrollmentId": "0190f7a2-0000-7000-8000-000000000001",
         "matchId": "0190f7a2-0000-7000-8000-000000000005",
         "personId": "0190f7a2-0000-7000-8000-000000000004",
         "programId": "0190f7a2-0000-7000-8000-000000000002",
       },
       "status": "ended",
     }
    `);
  });
  it('of an assessment are still read as they were written', () => {
    const events = stored<AssessmentEvent>('assessment/assessment');
    expect(fold(assessmentDecider, events.slice(0, -1))).toMatchInlineSnapshot(`
     {
       "categories": [
         "self",
         "peer",
       ],
       "closesAt": "2026-01-19T23:00:00.000Z",
       "closesOn": "2026-01-19",
       "lastOccurredAt": "2026-01-05T09:07:00.000Z",
       "moment": "baseline",
       "priorities": [
         {
           "sources": [
             "peer",
           ],
           "theme": "giving-feedback",
         },
       ],
       "questionnaire": {
         "name": "cairn-management",
         "version": 1,
       },
       "raters": [
         {
           "approved": true,
           "category": "peer",
           "raterId": "0190f7a2-0000-7000-8000-000000000010",
         },
       ],
       "refs": {
         "assessmentId": "0190f7a2-0000-7000-8000-000000000009",
         "cohortId": "0190f7a2-0000-7000-8000-000000000003",
         "enrollmentId": "0190f7a2-0000-7000-8000-000000000001",
         "personId": "0190f7a2-0000-7000-8000-000000000004",
         "programId": "0190f7a2-0000-7000-8000-000000000002",
       },
       "removed": [
         "0190f7a2-0000-7000-8000-000000000018",
       ],
       "results": [
         {
           "category": "self",
           "itemMeans": [
             5,
             6,
             4,
           ],
           "mean": 5,
           "raters": 1,
           "sd": null,
           "theme": "giving-feedback",
         },
         {
           "category": "peer",
           "itemMeans": [
             4,
             5,
             3,
           ],
           "mean": 4,
           "raters": 3,
           "sd": 1,
           "theme": "giving-feedback",
         },
       ],
       "shared": true,
       "status": "released",
       "themes": [
         "giving-feedback",
       ],
       "zone": "Europe/Berlin",
     }
    `);
    expect(fold(assessmentDecider, events).status).toBe('withdrawn');
  });
});
