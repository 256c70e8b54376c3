import type { StoredEvent } from '@cairn/event-store';
import { describe, expect, it } from '@jest/globals';
import { plan } from './plan.js';

const refs = { enrollmentId: 'e', programId: 'p', cohortId: 'c', personId: 'a' };
const planned = (type: string, data: object = {}, stream = 'enrollment-e') =>
  plan({ type, stream, data: { ...refs, ...data } } as unknown as StoredEvent);
const about = { subjectId: 'e', historyKey: 'e' };

describe('the deadlines of an enrolment', () => {
  it('are an invitation that lapses and the last day', () => {
    expect(planned('InvitationSent', { deadline: 'd', number: 1 })).toEqual([
      { set: { ...about, key: 'enrollment-e/invitation', kind: 'invitation-expires', dueAt: 'd' } },
    ]);
    const ends = { set: { ...about, key: 'enrollment-e/end', kind: 'enrollment-ends', dueAt: 't' } };
    expect(planned('EnrollmentActivated', { endsAt: 't' })).toEqual([
      { clear: 'enrollment-e/invitation' },
      ends,
    ]);
    expect(planned('EnrollmentExtended', { endsAt: 't' })).toEqual([ends]);
  });
  it.each(['InvitationDeclined', 'InvitationExpired', 'ParticipantWithdrawn'])(
    'no longer lapse after %s',
    (type) => expect(planned(type)).toEqual([{ clear: 'enrollment-e/invitation' }]),
  );
  it.each(['EnrollmentCompleted', 'EnrollmentDiscontinued', 'EnrollmentCancelled'])(
    'have no last day after %s',
    (type) =>
      expect(planned(type)).toEqual([{ clear: 'enrollment-e/end' }, { clear: 'enrollment-e/silence' }]),
  );
  it('follow a history that is told', () => {
    expect(planned('ParticipantNominated', { history: true })).toEqual([
      { history: { key: 'e', complete: false } },
    ]);
    expect(planned('ParticipantNominated', { history: false })).toEqual([
      { history: { key: 'e', complete: true } },
    ]);
    expect(planned('HistoryDeclared', { through: 't', complete: false })).toEqual([
      { history: { key: 'e', through: 't', complete: false } },
    ]);
  });
  it('are nobody else’s', () => {
    expect(planned('InvitationSent', { deadline: 'd' }, 'match-e')).toEqual([]);
  });
});

describe('the deadlines of a coach', () => {
  const held = { coachId: 'c', credential: 'PCC', issuer: 'ICF' };
  const key = 'coach-c/credential/["PCC","ICF"]';
  it('are credentials that expire, unless they are renewed for good', () => {
    expect(planned('CredentialRecorded', { ...held, expiresAt: 't' }, 'coach-c')).toEqual([
      { set: { key, kind: 'credential-expires', subjectId: 'c', dueAt: 't' } },
    ]);
    expect(planned('CredentialRecorded', held, 'coach-c')).toEqual([{ clear: key }]);
    expect(planned('CredentialExpired', held, 'coach-c')).toEqual([{ clear: key }]);
    expect(planned('CoachSuspended', held, 'coach-c')).toEqual([]);
  });
});

describe('the deadlines of an assessment', () => {
  const dates = { opensOn: '2026-03-28', closesOn: '2026-03-30', zone: 'Europe/Berlin', closesAt: 't' };
  it('are the end of each day of answering, also where clocks change, and the last one ends it', () => {
    const of = { subjectId: 's', historyKey: 'e' };
    const day = (on: string, dueAt: string) => ({
      set: { ...of, key: `assessment-s/${on}`, kind: 'assessment-day', dueAt },
    });
    expect(planned('AssessmentRequested', { assessmentId: 's', ...dates }, 'assessment-s')).toEqual([
      day('2026-03-28', '2026-03-28T23:00:00.000Z'),
      day('2026-03-29', '2026-03-29T22:00:00.000Z'),
      { set: { ...of, key: 'assessment-s/close', kind: 'assessment-closes', dueAt: 't' } },
    ]);
    expect(planned('AssessmentClosed', {}, 'assessment-s')).toEqual([]);
  });
});

describe('the silence of a match', () => {
  const kind = 'match-silent';
  const silent = (dueAt: string) => [{ set: { ...about, key: 'enrollment-e/silence', kind, dueAt } }];
  const at = (type: string, data = {}, stream?: string) =>
    plan({
      type,
      occurredAt: '2026-01-05T09:00:00.000Z',
      stream: stream ?? 'match-m',
      data: { ...refs, ...data },
    } as unknown as StoredEvent);
  it('is looked for three weeks after the match and after a pause, and when it was said', () => {
    expect(at('CoachMatched')).toEqual(silent('2026-01-26T09:00:00.000Z'));
    expect(at('EnrollmentResumed', {}, 'enrollment-e')).toEqual(silent('2026-01-26T09:00:00.000Z'));
    expect(at('SilenceAwaited', { until: 't' })).toEqual(silent('t'));
  });
  it('is no matter in a pause', () =>
    expect(at('EnrollmentPaused', {}, 'enrollment-e')).toEqual([{ clear: 'enrollment-e/silence' }]));
});
