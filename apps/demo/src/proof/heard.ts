import type { Json } from '../api/client.js';
import { dayOf } from '../days.js';
import type { Planted } from '../casting.js';
import { ZONE, type Cohort, type Coachee, type Programme } from '../programme.js';
import { bad, counted, faint, fixed, say } from '../report/print.js';
import type { Read } from '../report/report.js';
import { mean } from './arithmetic/facts.js';
import type { ByCohort } from './arithmetic/opinions.js';
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

/** Whoever was asked by links: a batch of pulses, an assessment before and one after. */
export function plantedAnswers(
  events: readonly FeedEvent[],
  { pulsed, assessed, few, stories }: Pick<Planted, 'pulsed' | 'assessed' | 'few' | 'stories'>,
): boolean {
  const count = ({ personId }: Coachee, name: string, counts: (data: Json) => boolean = () => true) =>
    events.filter((event) => event.name === name && event.data.personId === personId && counts(event.data))
      .length;
  const lacking = (people: readonly Coachee[], has: (coachee: Coachee) => boolean) =>
    people
      .filter((coachee) => !has(coachee))
      .map(({ name }) => name)
      .join(', ');
  const noPulses = lacking(pulsed, (one) => count(one, 'PulsesReleased', isOfTheme) === 1);
  const noResults = lacking(assessed, (one) => count(one, 'ResultsReleased') === 2);
  const others = assessed.filter((coachee) => coachee !== few);
  const showsTeam = ({ results }: Json): boolean =>
    results.some(({ category }: Json) => category === 'directReport');
  const noTeam = lacking(others, (one) => count(one, 'ResultsReleased', showsTeam) === 2);
  const recommended = [...stories.values()].filter(({ steps }) =>
    steps.some(({ kind }) => kind === 'recommend'),
  ).length;
  const given = events.filter(({ name }) => name === 'ProgramFeedbackGiven').length;
  return [
    told(
      `pulses of ${counted(pulsed.length, 'coachee')}, of three raters each`,
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

/** On a scale of 1 to 7, told as different by as much, and as the same by no more. */
const SEEN_AT_LEAST = 1;
const UNSEEN_AT_MOST = 0.5;

/**
 * The cohort that colleagues see improve more than the other one, and that sees nothing of it itself, by what HR is told of
 * each: its own scores now, the rest once the month is over. @param thought what HR is told by cohort, of each measure
 */
export function plantedModesty(
  thought: ReadonlyMap<string, ByCohort>,
  { byCohort }: Pick<Read, 'byCohort'>,
  { cohorts }: Pick<Programme, 'cohorts'>,
  { modest }: Pick<Planted, 'modest'>,
): boolean {
  if (modest === undefined) {
    say(
      faint(
        '  not planted, as people with a team or months are too few for two cohorts: one that improves unseen by itself',
      ),
    );
    return true;
  }
  const of = ({ name, cohortId }: Cohort) => {
    const told = (measure: string) => {
      const values = [...thought]
        .filter(([key]) => key.startsWith(measure))
        .map(([, by]) => by.get(cohortId)?.value ?? undefined);
      // What is withheld of one theme is not said of all.
      return values.length === 0 || values.includes(undefined) ? undefined : mean(values.map(Number));
    };
    const goals: number | null = byCohort.items.find(({ group }: Json) => group === cohortId)?.value ?? null;
    return {
      name,
      goals: goals ?? undefined,
      pulses: told('workplace theme-behaviour'),
      self: told('self-reported behaviour-change'),
      others: told('observed behaviour-change'),
    };
  };
  const own = of(modest);
  const rest = cohorts.filter(({ cohortId }) => cohortId !== modest.cohortId).map(of);
  // What is withheld is neither seen nor unseen.
  const isSeen = (more = NaN, than = NaN) => more - than >= SEEN_AT_LEAST;
  const isUnseen = (change = NaN) => Math.abs(change) <= UNSEEN_AT_MOST;
  const so =
    isSeen(own.others, 0) &&
    rest.every((other) => isSeen(own.pulses, other.pulses) && isSeen(own.others, other.others)) &&
    isUnseen(own.self) &&
    isUnseen(own.goals);
  const holds = told(
    `improves at work, and not in its own eyes: the ${modest.name}, by what HR is told`,
    so,
    'it otherwise',
  );
  for (const { name, goals, pulses, self, others } of [own, ...rest]) {
    say(
      `    ${name}: in pulses colleagues see ${shown(pulses, '')} of 7, own score of goals ${shown(goals, '+', ' T')};`,
    );
    say(`      changed in assessments, by others ${shown(others)}, by themselves ${shown(self)}`);
  }
  return holds;
}

const shown = (value: number | undefined, plus = '+', unit = ''): string =>
  value === undefined ? 'withheld' : `${value < 0 ? '' : plus}${fixed(value)}${unit}`;
