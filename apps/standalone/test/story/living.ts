import { declare, enrolment, type Enrollments } from './enrolling.js';
import type { Engagements } from './matching.js';
import { Pair, session } from './meeting.js';
import { importPeople, type Opening } from './opening.js';
import { SECOND_FILE, SECOND_SNAPSHOT, TEXT_CANARY } from './people.js';
import type { Teller } from './teller.js';

/** Sessions and goals by name: the letter of the coachee and a number. */
export interface Lives {
  readonly sessions: Readonly<Record<string, string>>;
  readonly goals: Readonly<Record<'ada' | 'cleo' | 'dan', string>>;
  readonly practiceId: string;
  /** One of Ada's three raters. */
  readonly raterId: string;
}

const secret = (what: string) => `${TEXT_CANARY} says: ${what}`;

/** What becomes of the five who were matched, and of Gus; in the order of their names, not of time. */
export async function live(
  teller: Teller,
  opening: Opening,
  ids: Enrollments,
  engagements: Engagements,
): Promise<Lives> {
  const { people, coaches, programId } = opening;
  const pair = (name: keyof Engagements, coach: keyof Opening['coaches']) =>
    new Pair(teller, engagements[name], people[name], coaches[coach]);
  const pairs = {
    ada: pair('ada', 'rosa'),
    ben: pair('ben', 'kim'),
    cleo: pair('cleo', 'rosa'),
    dan: pair('dan', 'luc'),
    fay: pair('fay', 'luc'),
  };
  const ada = await livesAda(teller, pairs.ada, ids.ada);
  const ben = await livesBen(teller, pairs.ben, ids.ben);
  const cleo = await livesCleo(teller, pairs.cleo, people.cleo, ids.cleo);
  const dan = await livesDan(teller, pairs.dan, ids.dan);
  const fay = await livesFay(teller, pairs.fay, opening, ids.fay);
  await teller.tell('hr', '2024-03-04T09:00', enrolment(ids.gus, 'cancel'), { reason: 'unresponsive' });

  const coach = `/enrollment/v1/coaches/${coaches.luc}`;
  await teller.tell('hr', '2024-03-01T09:00', `${coach}/suspend`, { reason: 'on-leave' });
  await teller.tell('hr', '2024-03-10T09:00', `${coach}/reinstate`);
  await teller.tell('hr', '2024-03-11T09:00', `${coach}/reassess`, { outcome: 'watch' });
  await teller.tell('hr', '2024-04-02T09:00', `${coach}/retire`, { reason: 'stopped-coaching' });
  const price = { effectiveOn: '2024-03-01', changes: { costPerSession: { amount: 220, currency: 'EUR' } } };
  await teller.tell('hr', '2024-02-28T08:00', `/enrollment/v1/programs/${programId}`, price, {
    method: 'PATCH',
  });
  return {
    sessions: { ...ada.sessions, ...ben, ...cleo.sessions, ...dan.sessions, ...fay },
    goals: { ada: ada.goalId, cleo: cleo.goalId, dan: dan.goalId },
    practiceId: ada.practiceId,
    raterId: ada.raterId,
  };
}

/** Three sessions held and a goal attained: the allotment is used, and the enrolment complete before its time. */
async function livesAda(teller: Teller, pair: Pair, enrollmentId: string) {
  const [a1, a2, a3] = (await pair.series('2024-01-18T09:00', '2024-01-24T10:00', 3)) as [
    string,
    string,
    string,
  ];
  await pair.held(a1, '2024-01-24T10:05');
  await pair.by('coach', '2024-01-24T10:10', a1, 'themes', { themes: ['giving-feedback'] });
  await pair.by('coachee', '2024-01-24T10:15', a1, 'rating', { useful: 5, relationship: 4, progress: 3 });
  await pair.by('coachee', '2024-01-24T10:20', a1, 'notes', { text: secret('a note of the coachee') });
  await pair.by('coach', '2024-01-24T10:20', a1, 'notes', { text: secret('a note of the coach') });

  const theme = { theme: 'giving-feedback', weight: 2, targetDate: '2024-02-21' };
  const goalId = await pair.propose('coachee', '2024-01-24T11:00', { ...theme, text: secret('a goal') });
  const raters = await pair.raters('2024-01-24T11:30', 3);
  await pair.onGoal('coach', '2024-01-24T12:00', goalId, 'agree');
  // Answered by link, and so now: what was asked last is asked still.
  await pair.answered(raters, '2024-02-20', theme.theme, [4, 5, 7]);
  const raterId = raters[0]!;
  const levels = [-2, -1, 0, 1, 2].map((level) => secret(`level ${level}`));
  await pair.onGoal('coach', '2024-01-24T12:10', goalId, 'scale', { levels, baselineLevel: -1 });
  const practice = { dueOn: '2024-02-05', text: secret('a practice') };
  const { practiceId } = await pair.onGoal('coachee', '2024-01-25T08:00', goalId, 'practices', practice);
  const report = { done: 'yes', text: secret('a report') };
  await pair.onGoal('coachee', '2024-02-05T08:00', goalId, `practices/${practiceId}/report`, report);
  const checkIn = { movement: 'forward', text: secret('a check-in') };
  await pair.onGoal('coachee', '2024-02-07T11:00', goalId, 'check-ins', checkIn);
  await pair.held(a2, '2024-02-07T10:05');
  await pair.onGoal('coachee', '2024-02-20T08:00', goalId, 'score', { level: 1, moment: 'closing' });
  await pair.onGoal('coach', '2024-02-20T08:10', goalId, 'score', { level: 0, moment: 'closing' });
  await pair.onGoal('coachee', '2024-02-20T09:00', goalId, 'close', { outcome: 'attained' });
  await pair.held(a3, '2024-02-21T10:05');
  await teller.until(enrolment(enrollmentId), ({ status }) => status === 'completed');
  await pair.untilEngagement(({ state }) => state === 'completed');
  await feedback(teller, pair, '2024-02-22T08:00', enrollmentId, { moment: 'end', recommend: 9 });
  return { sessions: { a1, a2, a3 }, goalId: goalId, practiceId: practiceId as string, raterId };
}

/** One session confirmed by silence, a no-show disputed and corrected, a late cancellation, a move and a coach's no-show. */
async function livesBen(teller: Teller, pair: Pair, enrollmentId: string) {
  const b1 = await pair.book('2024-01-18T09:00', '2024-01-29T10:00');
  const b2 = await pair.book('2024-01-18T09:00', '2024-02-12T10:00');
  const b3 = await pair.book('2024-01-18T09:00', '2024-02-26T10:00');
  await pair.by('coachee', '2024-01-29T11:00', b1, 'rating', { useful: 4, relationship: 4, progress: 4 });
  // Silence is judged as far as the past is told, and no further.
  await pair.untilSession(b1, 'awaitingConfirmation');
  await declare(teller, [enrollmentId], '2024-02-02T00:00:00.000Z');
  await pair.untilSession(b1, 'completed');

  await pair.by('coach', '2024-02-12T10:30', b2, 'no-show');
  await untilRisks(teller, enrollmentId, 'no-show');
  await pair.by('coachee', '2024-02-13T09:00', b2, 'dispute', { reason: 'i-was-there' });
  const correction = { to: 'completed', reason: 'both-were-there' };
  await teller.tell('program-admin', '2024-02-14T09:00', session(b2, 'correct'), correction, {
    overwrites: true,
  });
  await untilRisks(teller, enrollmentId);
  await teller.tell('hr', '2024-02-20T09:00', enrolment(enrollmentId, 'allot'), { count: 2 });
  await pair.untilEngagement(({ allotment }) => allotment.granted === 5);
  await pair.by('coachee', '2024-02-26T06:00', b3, 'cancel');

  const b4 = await pair.book('2024-02-27T09:00', '2024-03-11T10:00');
  await pair.by('coach', '2024-03-08T09:00', b4, 'reschedule', {
    startsAt: '2024-03-13T10:00',
    zone: 'Europe/Berlin',
  });
  await untilRisks(teller, enrollmentId, 'moves-in-a-row');
  await pair.by('coachee', '2024-03-13T10:30', b4, 'no-show');
  await untilRisks(teller, enrollmentId, 'moves-in-a-row', 'no-show');
  const b5 = await pair.book('2024-03-14T09:00', '2024-04-08T10:00');
  await pair.held(b5, '2024-04-08T09:05');
  await feedback(teller, pair, '2024-04-08T09:10', enrollmentId, { moment: 'third-session', recommend: 6 });
  const b6 = await pair.book('2024-04-08T09:30', '2024-04-22T10:00');
  return { b1, b2, b3, b4, b5, b6 };
}

/** What the coachee says of the programme, once they see that they are asked. */
async function feedback(
  teller: Teller,
  { personId, coachee }: Pair,
  at: string,
  enrollmentId: string,
  said: { moment: string; recommend: number },
) {
  const own = { roles: ['coachee' as const], personId };
  await teller.until(enrolment(enrollmentId), ({ feedbackAsked }) => feedbackAsked === said.moment, own);
  await teller.tell(coachee, at, enrolment(enrollmentId, 'feedback'), said);
}

/** Sessions reach enrolment by several partitions: each warning is waited for before the next thing is told. */
const untilRisks = (teller: Teller, enrollmentId: string, ...risks: string[]) =>
  teller.until(enrolment(enrollmentId, 'match'), (match) => match.risks.join() === risks.join());

/** A pause that cancels what lies ahead, an extension, and sessions of which nobody says anything. */
async function livesCleo(teller: Teller, pair: Pair, personId: string, enrollmentId: string) {
  const c1 = await pair.book('2024-01-18T09:00', '2024-01-31T10:00');
  const c2 = await pair.book('2024-01-18T09:00', '2024-02-14T10:00');
  await pair.held(c1, '2024-01-31T10:05');
  const theme = { theme: 'giving-feedback', weight: 1, targetDate: '2024-05-31' };
  const goalId = await pair.propose('coach', '2024-02-01T09:00', { ...theme, text: secret('another goal') });
  await pair.onGoal('coachee', '2024-02-01T10:00', goalId, 'agree');

  const coachee = `coachee:${personId}`;
  const reason = { reason: 'parental-leave' };
  await teller.tell(coachee, '2024-02-09T08:00', enrolment(enrollmentId, 'pause'), reason);
  await pair.untilEngagement(({ state }) => state === 'paused');
  await pair.untilSession(c2, 'cancelledInTime');
  await teller.tell(coachee, '2024-03-01T08:00', enrolment(enrollmentId, 'resume'));
  await pair.untilEngagement(({ state }) => state === 'running');
  await teller.tell('hr', '2024-03-04T09:00', enrolment(enrollmentId, 'extend'), { endsOn: '2024-07-31' });
  await pair.untilEngagement(({ endsOn }) => endsOn === '2024-07-31');

  const [c3, c4] = (await pair.series('2024-03-05T09:00', '2024-03-20T10:00', 2)) as [string, string];
  const revised = { theme: 'navigating-conflict', text: secret('a goal, revised') };
  await pair.onGoal('coachee', '2024-03-06T09:00', goalId, 'revise', revised);
  await pair.by('coach', '2024-03-28T09:00', c4, 'cancel');
  const checkIn = { movement: 'steady', text: secret('another check-in') };
  await pair.onGoal('coachee', '2024-04-05T09:00', goalId, 'check-ins', checkIn);
  return { sessions: { c1, c2, c3, c4 }, goalId };
}

/** Leaves the company by the second HR file: everything of his ends, and what is left of his sessions is returned. */
async function livesDan(teller: Teller, pair: Pair, enrollmentId: string) {
  const [d1, d2, d3] = (await pair.series('2024-01-18T09:00', '2024-01-30T10:00', 3)) as [
    string,
    string,
    string,
  ];
  await pair.held(d1, '2024-01-30T10:05');
  const theme = { theme: 'performance-conversations', weight: 1, targetDate: '2024-05-01' };
  const goalId = await pair.propose('coachee', '2024-02-01T09:00', {
    ...theme,
    text: secret('a third goal'),
  });
  await pair.onGoal('coach', '2024-02-02T09:00', goalId, 'agree');
  await importPeople(teller, SECOND_FILE, SECOND_SNAPSHOT);
  await teller.until(enrolment(enrollmentId), ({ status }) => status === 'discontinued');
  await pair.untilEngagement(({ state }) => state === 'ended');
  for (const id of [d2, d3]) await pair.untilSession(id, 'cancelledInTime');
  return { sessions: { d1, d2, d3 }, goalId };
}

/** Misses two sessions, gets another coach with what the former one knew, and is cancelled all the same. */
async function livesFay(teller: Teller, pair: Pair, { people, coaches }: Opening, enrollmentId: string) {
  const f1 = await pair.book('2024-01-18T09:00', '2024-02-01T10:00');
  const f2 = await pair.book('2024-01-18T09:00', '2024-02-15T10:00');
  await pair.by('coach', '2024-02-01T10:30', f1, 'no-show');
  await pair.by('coach', '2024-02-15T10:30', f2, 'no-show');

  const of = (action: string) => enrolment(enrollmentId, `match/${action}`);
  const fay = `coachee:${people.fay}`;
  await teller.tell(fay, '2024-02-15T11:00', of('fit'), { signal: 'unsure' });
  // The warning is told as of the first one missed, before anything later is told of the match.
  await untilRisks(teller, enrollmentId, 'no-show');
  await teller.tell('hr', '2024-02-16T09:00', of('rematch'), { reason: 'schedule' });
  await teller.tell('hr', '2024-02-16T10:00', of('shortlist'), { coachId: coaches.kim });
  await teller.tell(fay, '2024-02-17T09:00', of('propose'), { coachId: coaches.kim, handover: true });
  await teller.tell(`coach:${coaches.kim}`, '2024-02-18T09:00', of('accept'));
  await pair.untilEngagement(({ state }) => state === 'ended');
  const engagements = `/sessions/v1/engagements?enrollmentId=${enrollmentId}`;
  const left = ({ allotment }: { allotment: { granted: number } }) => allotment.granted === 1;
  await teller.until(engagements, ({ items }) => items.length === 2 && items.some(left));
  // What she had left is granted again to one who takes part: before she is cancelled.
  const granted = /\.sessions-allotted\./;
  await teller.untilPublished(
    'enrollment',
    2,
    ({ type, data }) => granted.test(type) && data.enrollmentId === enrollmentId,
  );
  await teller.tell('hr', '2024-02-20T09:00', enrolment(enrollmentId, 'cancel'), {
    reason: 'repeated-forfeits',
  });
  await pair.untilEngagement(({ state }) => state === 'ended');
  return { f1, f2 };
}
