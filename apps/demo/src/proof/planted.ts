import type { Client, Json } from '../api/client.js';
import { addDays, dayOf, daysBetween, hoursAfter, instantOf, type Day } from '../days.js';
import type { Planted } from '../casting.js';
import { ZONE, type Programme } from '../programme.js';
import { bad, faint, heading, say } from '../report/print.js';
import type { Read } from '../report/report.js';
import { FAILING, FATES, type Fate } from '../story/cast.js';
import { ENDED } from './arithmetic/facts.js';
import type { ByCohort } from './arithmetic/opinions.js';
import { sessionsOf, type Session } from './arithmetic/sessions.js';
import type { FeedEvent } from './feed.js';
import { plantedAnswers, plantedModesty, plantedRematch, told } from './heard.js';

/** A silent coachee has to be found within so many days. */
const FOUND_WITHIN = 28;

/** Tells what was planted against what Cairn found. @returns whether all of it was found, the silent one in time */
export async function found(
  client: Pick<Client, 'list'>,
  events: readonly FeedEvent[],
  read: Pick<Read, 'matches' | 'byCohort'>,
  thought: ReadonlyMap<string, ByCohort>,
  programme: Programme,
  planted: Planted,
): Promise<boolean> {
  heading('What was planted, and what Cairn found');
  const sessions = plantedSessions(events, planted);
  const people = plantedPeople(events, planted);
  const rematch = plantedRematch(events, read, planted);
  const answers = plantedAnswers(events, planted);
  const modesty = plantedModesty(thought, read, programme, planted);
  const weeks = await everyWeek(client, programme);
  const overdue = plantedOverdue(weeks, planted);
  const silence = await plantedSilence(client, weeks, programme, planted);
  return sessions && people && rematch && answers && modesty && overdue && silence;
}

/** What Cairn has to say of a session of each kind. */
const OUTCOMES: Readonly<Record<Fate, (session: Session) => boolean>> = {
  held: ({ outcome }) => outcome === 'completed',
  'moved by the coachee': ({ movedBy }) => movedBy.has('coachee'),
  'moved by the coach': ({ movedBy }) => movedBy.has('coach'),
  [FAILING]: ({ outcome, movedBy }) => outcome === 'coach-late-cancel' && movedBy.has('coach'),
  'cancelled late by the coachee': ({ outcome }) => outcome === 'coachee-late-cancel',
  'cancelled late by the coach': ({ outcome }) => outcome === 'coach-late-cancel',
  'cancelled in time by the coachee': ({ outcome, cancelledBy }) =>
    outcome === 'cancelled-in-time' && cancelledBy === 'coachee',
  'cancelled in time by the coach': ({ outcome, cancelledBy }) =>
    outcome === 'cancelled-in-time' && cancelledBy === 'coach',
  'missed by the coachee': ({ outcome }) => outcome === 'coachee-no-show',
  'missed by the coach': ({ outcome }) => outcome === 'coach-no-show',
  'disputed and corrected': ({ outcome, corrected }) => outcome === 'completed' && corrected,
  'confirmed by a rating alone': ({ outcome, auto }) => outcome === 'completed' && auto,
  'confirmed by nobody': ({ outcome }) => outcome === 'unconfirmed',
};

/** One session of every kind, as it was planted. */
function plantedSessions(events: readonly FeedEvent[], { sessions }: Planted): boolean {
  const all = sessionsOf(events);
  const outcomes = sessions.map(({ coachee, fate, day }) => {
    const session = all.find((s) => s.person === coachee.personId && dayOf(s.booked, ZONE) === day);
    const so = session !== undefined && OUTCOMES[fate](session);
    return told(
      `a session ${fate}: ${coachee.name}, ${day}`,
      so,
      `it as ${session?.outcome ?? 'never booked'}`,
    );
  });
  const missing = FATES.filter((kind) => !sessions.some(({ fate }) => fate === kind));
  if (missing.length > 0)
    say(faint(`  not planted, as coachees or months are too few: a session ${missing.join('; ')}`));
  return !outcomes.includes(false);
}

/** Who declined, paused and left. */
function plantedPeople(events: readonly FeedEvent[], { declines, pauses, leaves }: Planted): boolean {
  const of = (personId: string, ...names: string[]) =>
    events.find(({ name, data }) => data.personId === personId && names.includes(name));
  const declined = of(declines.personId, 'InvitationDeclined') !== undefined;
  const paused = of(pauses.personId, 'EnrollmentPaused') && of(pauses.personId, 'EnrollmentResumed');
  const { coachee, on } = leaves;
  const left = of(coachee.personId, 'PersonLeft')?.data.leftOn === on && of(coachee.personId, ...ENDED);
  return [
    told(`declines the invitation: ${declines.name}`, declined, 'no word of it'),
    told(`pauses, and comes back: ${pauses.name}`, paused !== undefined, 'no word of it'),
    told(
      `leaves the company: ${coachee.name}, ${on}`,
      Boolean(left),
      'them still there, or their enrolment open',
    ),
  ].every(Boolean);
}

/** Who is between sessions, and what is said of them, at the end of a day. */
interface Week {
  readonly day: Day;
  readonly items: readonly Json[];
}

const betweenOn = async (client: Pick<Client, 'list'>, { programId }: Programme, day: Day): Promise<Json[]> =>
  (
    await client.list(
      `/analytics/v1/programs/${programId}/between-sessions?asOf=${hoursAfter(instantOf(day, '00:00', ZONE), 24)}`,
    )
  ).items;

async function everyWeek(client: Pick<Client, 'list'>, programme: Programme): Promise<Week[]> {
  const weeks: Week[] = [];
  for (let day = programme.matchedOn; day <= programme.endsOn; day = addDays(day, 7))
    weeks.push({ day, items: await betweenOn(client, programme, day) });
  return weeks;
}

/** Of whose raters nobody answers: a pulse is overdue from the first one on. */
function plantedOverdue(weeks: readonly Week[], { unheard }: Pick<Planted, 'unheard'>): boolean {
  const isOverdue = ({ signals }: Json) => signals.some(({ signal }: Json) => signal === 'pulse-overdue');
  const overdue = weeks.flatMap(({ day, items }) => items.filter(isOverdue).map((item) => ({ day, item })));
  const others = new Set(overdue.map(({ item }) => item.personId).filter((id) => id !== unheard?.personId));
  if (unheard === undefined)
    say(faint('  not planted, as there is no team or time for it: raters who never answer a pulse'));
  const first = overdue.find(({ item }) => item.personId === unheard?.personId);
  const holds =
    unheard === undefined ||
    told(
      `raters who never answer: those of ${unheard.name}; a pulse is overdue, said first on ${first?.day ?? 'no day'}`,
      first !== undefined,
      'no word of it',
    );
  say(`  pulses said to be overdue of others, looked for every week: ${others.size}`);
  return holds;
}

const SILENCE = ['nothing-booked', 'no-check-in'];
const isOfSilence = (item: Json): boolean =>
  item.signals.some(({ signal }: Json) => SILENCE.includes(signal));

/** The one who went silent: when Cairn first said so, and of how many it said so falsely. */
async function plantedSilence(
  client: Pick<Client, 'list'>,
  weeks: readonly Week[],
  programme: Programme,
  planted: Planted,
): Promise<boolean> {
  const { coachee, from } = planted.silent;

  let seen: Json;
  let day = from;
  for (; day <= programme.endsOn && seen === undefined; day = addDays(day, 1))
    seen = (await betweenOn(client, programme, day))
      .filter(isOfSilence)
      .find(({ personId }) => personId === coachee.personId);
  const silent = weeks.flatMap(({ items }) => items.filter(isOfSilence));
  const alarms = new Set(silent.map(({ personId }) => personId).filter((id) => id !== coachee.personId));

  if (seen === undefined) {
    say(bad(`  ${coachee.name} went silent after ${from}, and no signal said so`));
    return false;
  }
  const found = addDays(day, -1);
  const took = daysBetween(from, found);
  say(`  ${coachee.name} went silent after ${from}; the first signal came ${took} days later, on ${found}`);
  for (const { signal, reason } of seen.signals) say(`    ${signal}: ${reason}`);
  say(`  false alarms of silence, looked for every week: ${alarms.size}`);
  if (took > FOUND_WITHIN) say(bad(`  that is more than ${FOUND_WITHIN} days`));
  return took <= FOUND_WITHIN;
}
