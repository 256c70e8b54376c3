import type { Json } from '../api/client.js';
import { dayOf } from '../days.js';
import type { Planted } from '../casting.js';
import { MINIMUM_GROUP, ZONE, type Cohort, type Coachee, type Programme } from '../programme.js';
import { bad, counted, faint, fixed, say } from '../report/print.js';
import type { Read } from '../report/report.js';
import { assessedChange, pulseChange, type Change } from './arithmetic/changes.js';
import type { FeedEvent } from './feed.js';

/** Says what was planted, and where it is not so, what there is instead. */
export function told(line: string, so: boolean, instead: string): boolean {
  say(so ? `  ${line}` : bad(`  ${line}; but Cairn has ${instead}`));
  return so;
}

/** Words that would say who wanted another coach, or why. */
const BLAME = ['by', 'reason', 'fitSignal', 'rematchOffered'];

/** The match that failed: warned of, ended without blame, and followed by another that goes on. */
export function plantedRematch(
  events: readonly FeedEvent[],
  { matches }: Pick<Read, 'matches'>,
  { fails }: Pick<Planted, 'fails'>,
): boolean {
  if (fails === undefined) {
    say(faint('  not planted, as coachees are too few: a match that fails'));
    return true;
  }
  const { coachee } = fails;
  const own = events.filter(({ data }) => data.personId === coachee.personId);
  const first = (name: string) => own.find((event) => event.name === name);
  const [warned, asked] = [first('MatchMarkedAtRisk'), first('RematchRequested')];
  const [before, after] = own.filter(({ name }) => name === 'CoachMatched');
  const held = own.filter(
    ({ name, data }) => name === 'SessionCompleted' && data.coachId === after?.data.coachId,
  ).length;
  const inTime = warned !== undefined && asked !== undefined && warned.at < asked.at;
  const again = before && after && before.data.coachId !== after.data.coachId && held > 0;
  const shown: Json[] = matches.items.filter(({ personId }: Json) => personId === coachee.personId);
  const blame = shown.flatMap((one) => BLAME.filter((word) => word in one));
  const on = (event: FeedEvent | undefined) => (event ? dayOf(event.at, ZONE) : 'never');
  return [
    told(
      `a match that fails: ${coachee.name}; at risk from ${on(warned)} (${(warned?.data.reasons ?? []).join(', ')}), another coach asked for on ${on(asked)}`,
      inTime,
      'no warning before that',
    ),
    told(
      `  and a match again on ${on(after)}: ${counted(held, 'session')} held with the next coach`,
      again === true,
      'no other coach who met them',
    ),
    told('  without blame: HR is shown neither who asked nor why', blame.length === 0, blame.join(', ')),
  ].every(Boolean);
}

/** Whoever was asked by links: two batches of pulses, an assessment before and one after. */
export function plantedAnswers(
  events: readonly FeedEvent[],
  { pulsed, assessed, stories }: Pick<Planted, 'pulsed' | 'assessed' | 'stories'>,
): boolean {
  const count = ({ personId }: Coachee, name: string, counts: (data: Json) => boolean = () => true) =>
    events.filter((event) => event.name === name && event.data.personId === personId && counts(event.data))
      .length;
  const lacking = (people: readonly Coachee[], has: (coachee: Coachee) => boolean) =>
    people
      .filter((coachee) => !has(coachee))
      .map(({ name }) => name)
      .join(', ');
  const noPulses = lacking(pulsed, (one) => count(one, 'PulsesReleased', isOfTheme) === 2);
  const noResults = lacking(assessed, (one) => count(one, 'ResultsReleased') === 2);
  const [few, ...others] = assessed;
  const showsTeam = ({ results }: Json): boolean =>
    results.some(({ category }: Json) => category === 'directReport');
  const noTeam = lacking(others, (one) => count(one, 'ResultsReleased', showsTeam) === 2);
  const recommended = [...stories.values()].filter(({ steps }) =>
    steps.some(({ kind }) => kind === 'recommend'),
  ).length;
  const given = events.filter(({ name }) => name === 'ProgramFeedbackGiven').length;
  return [
    told(
      `pulses of ${counted(pulsed.length, 'coachee')}: two batches each`,
      noPulses === '',
      `others of ${noPulses}`,
    ),
    told(
      `assessments of ${counted(assessed.length, 'coachee')}, before and after`,
      noResults === '' && noTeam === '',
      `others of ${noResults || noTeam}`,
    ),
    few === undefined ||
      told(
        `  of ${few.name}'s team too few answer to be shown`,
        count(few, 'ResultsReleased', showsTeam) === 0,
        'their answers shown',
      ),
    told(
      `feedback on the programme of ${counted(recommended, 'coachee')}`,
      given === recommended,
      `that of ${given}`,
    ),
  ].every(Boolean);
}

const isOfTheme = ({ item }: Json): boolean => item === 'theme-behaviour';

/** Improves at work by as much, on a scale of 1 to 7, and by no more in their own eyes. */
const SEEN_AT_LEAST = 1;
const UNSEEN_AT_MOST = 0.5;

/** The cohort that colleagues see improve, and that sees nothing of it itself. */
export function plantedModesty(
  events: readonly FeedEvent[],
  { byCohort }: Pick<Read, 'byCohort'>,
  { cohorts }: Pick<Programme, 'cohorts'>,
  { modest }: Pick<Planted, 'modest'>,
): boolean {
  if (modest === undefined) {
    say(faint('  not planted, as people are too few for two cohorts: one that improves unseen by itself'));
    return true;
  }
  const of = (cohort: Cohort) => {
    const own = events.filter(({ data }) => data.cohortId === cohort.cohortId);
    const goals: number | null =
      byCohort.items.find(({ group }: Json) => group === cohort.cohortId)?.value ?? null;
    return {
      goals,
      pulses: pulseChange(own),
      self: assessedChange(own, 'self'),
      others: assessedChange(own, 'others'),
    };
  };
  const { goals, pulses, self, others } = of(modest);
  const so =
    goals !== null &&
    gain(pulses) >= SEEN_AT_LEAST &&
    gain(others) >= SEEN_AT_LEAST &&
    Math.abs(goals) <= UNSEEN_AT_MOST &&
    Math.abs(gain(self)) <= UNSEEN_AT_MOST;
  const holds = told(`improves at work, and not in its own eyes: the ${modest.name}`, so, 'it otherwise');
  for (const cohort of cohorts.toReversed()) {
    const { goals, pulses, self, others } = of(cohort);
    const scored = goals === null ? 'none' : `${goals < 0 ? '' : '+'}${fixed(goals)} T`;
    say(`    ${cohort.name}: by colleagues in pulses ${shown(pulses)}; own score of goals ${scored};`);
    say(`      in assessments by others ${shown(others)}, by themselves ${shown(self)}`);
  }
  return holds;
}

const gain = ({ before, after }: Change): number => after - before;
const shown = ({ people, before, after }: Change): string =>
  people < MINIMUM_GROUP
    ? 'of too few to be told'
    : `${fixed(before)} → ${fixed(after)} (${counted(people, 'person', 'people')})`;
