import { contracts } from '@cairn/contracts';
import type { StoredEvent } from '@cairn/event-store';
import { envelopesOf } from '@cairn/messaging';
import { describe, expect, it } from '@jest/globals';
import { publish, type EnrollmentLogEvent } from './publish.js';

type DataOf<Type extends EnrollmentLogEvent['type']> = Extract<EnrollmentLogEvent, { type: Type }>['data'];

const id = (n: number) => `0190f7a2-0000-7000-8000-${String(n).padStart(12, '0')}`;
/** Stands wherever a text must not leave the service. */
const SECRET = 'must-stay-inside';

const refs = { enrollmentId: id(1), programId: id(2), cohortId: id(3), personId: id(4) };
const match = { matchId: id(5), ...refs };
const assessment = { assessmentId: id(9), ...refs };
const fit = {
  coachId: id(6),
  score: 0.75,
  parts: [{ name: 'language' as const, weight: 1, value: 0.75, reason: SECRET }],
};
const program = {
  name: 'First steps',
  track: 'manager' as const,
  startsOn: '2026-01-05',
  endsOn: '2026-06-30',
  zone: 'Europe/Berlin',
  cadence: 'bi-weekly' as const,
  allotment: 12,
  capacity: 40,
  activationDays: 14,
  sessionPolicy: {
    version: 1,
    noticeHours: 24,
    lateCancelForfeits: true,
    noShowForfeits: true,
    silenceHours: 72,
    disputeHours: 72,
  },
  minimumGroup: 5,
  themes: ['giving-feedback'],
  costPerSession: { amount: 180, currency: 'EUR' },
  pricingModel: 'session' as const,
  managersSeeParticipation: false,
};
const profile = {
  industries: [SECRET],
  functions: [SECRET],
  levels: ['manager' as const],
  years: 12,
  specialties: ['giving-feedback'],
  styles: ['direct'],
  languages: ['en'],
  hours: { zone: 'Europe/Berlin', slots: [{ day: 'mon' as const, from: '09:00', to: '12:00' }] },
};
const coach = { coachId: id(6), personId: id(7), capacity: 6, profile };
const held = { coachId: id(6), credential: 'PCC', issuer: 'ICF' };

/** One example of everything that the log can hold; the type asks for all of them. */
const log: { readonly [Type in EnrollmentLogEvent['type']]: DataOf<Type> } = {
  PersonAdded: {
    personId: id(4),
    startedOn: '2020-01-01',
    placeholder: false,
    level: 'manager',
    managerId: id(8),
    department: 'Making',
    dateBasis: 'column',
  },
  PersonChanged: {
    personId: id(4),
    kind: 'managerChanged',
    effectiveOn: '2026-01-05',
    dateBasis: 'snapshot',
    managerId: null,
  },
  PersonLeft: { personId: id(4), leftOn: '2026-01-05', dateBasis: 'column' },
  LeavingReasonRecorded: { personId: id(4), leftOn: '2026-01-05', reason: 'voluntary' },
  EngagementScoreRecorded: { personId: id(4), score: 4.2, surveyedOn: '2026-01-05' },
  PerformanceRatingRecorded: {
    personId: id(4),
    rating: 'Good',
    belowStandard: false,
    reviewedOn: '2026-01-05',
  },
  ProgramCreated: { programId: id(2), ...program },
  ProgramChanged: { programId: id(2), effectiveOn: '2026-02-01', changes: { capacity: 60 } },
  EligibilityRulesDefined: { programId: id(2), version: 1, rules: [] },
  TriggersDefined: { programId: id(2), triggers: [] },
  CohortOpened: { programId: id(2), cohortId: id(3), name: 'Spring', opensOn: '2026-01-05' },
  CohortClosed: { programId: id(2), cohortId: id(3), closedOn: '2026-02-01' },
  EligibilityEvaluated: {
    programId: id(2),
    personId: id(4),
    ruleVersion: 1,
    eligible: false,
    ruleCodes: ['leads-a-team'],
  },
  CoachAdded: coach,
  CoachProfileChanged: { coachId: id(6), profile },
  CoachIdentified: { coachId: id(6), personId: id(7) },
  CoachApproved: coach,
  CoachSuspended: { coachId: id(6), reason: 'on-leave' },
  CoachReinstated: { coachId: id(6) },
  CoachCapacityChanged: { coachId: id(6), capacity: 8 },
  CoachScreened: { coachId: id(6) },
  CoachInterviewed: { coachId: id(6) },
  CoachRetired: { coachId: id(6), reason: 'stopped-coaching' },
  CredentialRecorded: { ...held, expiresOn: '2028-03-31', expiresAt: '2028-03-31T22:00:00.000Z' },
  CredentialExpired: { ...held, on: '2028-03-31' },
  CoachReassessed: { coachId: id(6), outcome: 'watch', cause: 'yearly' },
  ParticipantNominated: { ...refs, by: 'hr', history: false },
  ParticipantWaitlisted: { ...refs, place: 1, reason: 'capacity' },
  InvitationSent: { ...refs, deadline: '2026-01-19T23:00:00.000Z', number: 1 },
  InvitationDeclined: { ...refs, reason: 'no-time' },
  InvitationExpired: { ...refs, deadline: '2026-01-19T23:00:00.000Z' },
  ParticipantWithdrawn: { ...refs, reason: 'by-hr' },
  EnrollmentActivated: {
    ...refs,
    privacyNoticeVersion: '2026-01',
    endsOn: '2026-06-30',
    endsAt: '2026-06-30T22:00:00.000Z',
  },
  MatchingPreferencesGiven: {
    ...refs,
    themes: ['giving-feedback'],
    styles: ['direct'],
    languages: ['en'],
    zone: 'Europe/Berlin',
    hours: SECRET,
  },
  EnrollmentPaused: { ...refs, from: '2026-02-01', reason: 'parental-leave' },
  EnrollmentResumed: { ...refs, on: '2026-03-01' },
  EnrollmentExtended: { ...refs, endsOn: '2026-09-30', endsAt: '2026-09-30T22:00:00.000Z' },
  EnrollmentCompleted: { ...refs, early: true },
  EnrollmentDiscontinued: { ...refs, reason: 'too-busy' },
  EnrollmentCancelled: { ...refs, reason: 'unresponsive' },
  SessionsAllotted: { ...refs, count: 12, total: 12 },
  ProgramFeedbackGiven: { ...refs, moment: 'end', recommend: 9 },
  HistoryDeclared: { ...refs, through: '2026-01-31T00:00:00.000Z', complete: false },
  MatchRequested: { ...match, kind: 'first' },
  CoachesShortlisted: { ...match, coaches: [fit] },
  MatchProposed: { ...match, coachId: id(6), by: 'coachee' },
  MatchDeclined: { ...match, by: 'coachee', code: 'style', coachIds: [id(6)] },
  MatchRequestWithdrawn: { ...match, reason: 'by-hr' },
  NoCoachAvailable: {
    ...match,
    constraint: 'language',
    removed: [{ constraint: 'language', coaches: 2 }],
  },
  CoachMatched: { ...match, ...fit, assigned: 'chosen' },
  MatchEnded: { ...match, coachId: id(6), reason: 'enrollment-completed' },
  HandoverChosen: { ...match, handover: false },
  HandoverConsented: { ...match, coachId: id(6), fromCoachId: id(9) },
  MatchMarkedAtRisk: { ...match, coachId: id(6), reasons: ['moves-in-a-row'] },
  MatchRecovered: { ...match, coachId: id(6) },
  RematchRequested: { ...match, coachId: id(6), by: 'coachee', reason: 'fit' },
  SilenceAwaited: { ...match, until: '2026-02-05T09:00:00.000Z' },
  FitSignalRecorded: { ...match, coachId: id(6), by: 'coachee', signal: 'unsure' },
  AssessmentRequested: {
    ...assessment,
    moment: 'baseline',
    categories: ['self', 'peer'],
    questionnaire: 'cairn-management',
    questionnaireVersion: 1,
    themes: ['giving-feedback'],
    opensOn: '2026-01-05',
    closesOn: '2026-01-19',
    closesAt: '2026-01-19T23:00:00.000Z',
    zone: SECRET,
  },
  RaterNominated: { ...assessment, raterId: SECRET, category: 'peer' },
  RaterApproved: { ...assessment, raterId: SECRET, category: 'peer' },
  AnswersCounted: { ...assessment, on: '2026-01-05', answers: 3 },
  AssessmentClosed: { ...assessment, by: 'hand' },
  AssessmentWithdrawn: { ...assessment, reason: 'by-hr' },
  ResultsReleased: {
    ...assessment,
    moment: 'baseline',
    questionnaire: 'cairn-management',
    questionnaireVersion: 1,
    results: [
      { theme: 'giving-feedback', category: 'peer', raters: 3, mean: 4, sd: 1, itemMeans: [4, 5, 3] },
    ],
  },
  RaterRemoved: { ...assessment, raterId: id(17), category: 'peer' },
  ResultsShared: { ...assessment, shared: true },
  PrioritiesIdentified: { ...assessment, priorities: [{ theme: 'giving-feedback', sources: ['peer'] }] },
  PeopleShown: { on: '2026-01-05', role: 'hr', what: 'match', personIds: [id(4)] },
};

const INSIDE_ONLY = [
  'EligibilityRulesDefined',
  'TriggersDefined',
  'CoachAdded',
  'CoachProfileChanged',
  'CoachIdentified',
  'CoachScreened',
  'CoachInterviewed',
  'RaterRemoved',
  'ResultsShared',
  'HandoverChosen',
  'SilenceAwaited',
];

const stored = (type: string, data: object): StoredEvent => ({
  id: id(90),
  type,
  occurredAt: '2026-01-05T09:00:00.000Z',
  recordedAt: '2026-01-05T09:00:01.000Z',
  data,
  stream: `stream-${id(91)}`,
  version: 1,
  position: '0000000000000001',
  metadata: {
    tenantId: id(92),
    commandId: id(93),
    correlationId: id(93),
    actor: { subject: 'somebody', role: 'hr' },
  },
});
/** Validates each event against its strict schema, as the relay does. */
const published = (type: string, data: object) =>
  envelopesOf({ service: 'enrollment', generation: 1, publish }, stored(type, data));

describe('what enrolment publishes', () => {
  it.each(Object.entries(log))('of %s keeps to its contract and tells nothing else', (type, data) => {
    const envelopes = published(type, data);
    expect(envelopes).toHaveLength(INSIDE_ONLY.includes(type) ? 0 : 1);
    expect(JSON.stringify(envelopes)).not.toContain(SECRET);
  });

  it('is every event of its contracts', () => {
    const names = Object.entries(log).flatMap(([type, data]) =>
      publish(stored(type, data)).map(({ name }) => name),
    );
    const wanted = [...contracts.values()].filter(({ context }) => context === 'enrollment');
    expect(names.sort()).toEqual(wanted.map(({ name }) => name).sort());
  });

  it('goes to the sensitive topic where it holds a rating, an opinion or a reason for leaving', () => {
    const sensitive = Object.entries(log).filter(([type, data]) => published(type, data)[0]?.sensitive);
    expect(sensitive.map(([type]) => type)).toEqual([
      'LeavingReasonRecorded',
      'EngagementScoreRecorded',
      'PerformanceRatingRecorded',
      'ProgramFeedbackGiven',
      'RematchRequested',
      'FitSignalRecorded',
      'ResultsReleased',
      'PrioritiesIdentified',
      'PeopleShown',
    ]);
    const byProgram = published('RematchRequested', { ...log.RematchRequested, by: 'program' });
    expect(byProgram[0]!.sensitive).toBe(false);
  });

  it('tells the last day of an enrolment with its activation, for the engagement to end with it', () => {
    const [envelope] = published('EnrollmentActivated', log.EnrollmentActivated);
    expect(envelope!.envelope.data).toMatchObject({ endsOn: '2026-06-30' });
    expect(envelope!.envelope.data).not.toHaveProperty('endsAt');
  });

  it('says of a nomination what proposed it, but for a gap of the team', () => {
    const nominated = (reason: string) =>
      published('ParticipantNominated', { ...log.ParticipantNominated, reason })[0]!.envelope.data;
    expect(nominated('promoted-to-manager')).toMatchObject({ reason: 'promoted-to-manager' });
    expect(nominated('baseline-gap')).not.toHaveProperty('reason');
  });

  it('leaves out that the programme closed a request, which the withdrawal says', () => {
    const closed = { ...match, by: 'program', code: 'request-closed', coachIds: [] };
    expect(published('MatchDeclined', closed)).toEqual([]);
  });

  it('leaves out of a request from which match it leads away and whom it leaves out, and of a proposal the consent', () => {
    const from = { matchId: id(15), coachId: id(9) };
    const [request] = published('MatchRequested', {
      ...match,
      kind: 'rematch',
      from,
      declined: [id(9)],
    });
    expect(request!.envelope.data).toEqual({ ...match, kind: 'rematch' });
    const [proposal] = published('MatchProposed', {
      ...match,
      coachId: id(6),
      by: 'coachee',
      handover: true,
    });
    expect(proposal!.envelope.data).toEqual({ ...match, coachId: id(6) });
  });

  it('tells of results that were kept exact no more than of those of today', () => {
    const peer = { theme: 'giving-feedback', category: 'peer', raters: 3 };
    const results = [{ ...peer, mean: 14 / 9, sd: 0.5, itemMeans: [4 / 3, 5 / 3, 5 / 3] }];
    const [envelope] = published('ResultsReleased', { ...log.ResultsReleased, results });
    expect(envelope!.envelope.data).toMatchObject({
      results: [{ ...peer, mean: 1.5, sd: null, itemMeans: [1.5, 1.5, 1.5] }],
    });
  });

  it('names no person for an external coach', () => {
    const [envelope] = published('CoachApproved', { ...coach, personId: null });
    expect(envelope!.envelope.data).not.toHaveProperty('personId');
  });
});
