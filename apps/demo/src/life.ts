import { eachOf, type Client } from './api/client.js';
import { laterSnapshot, type HrFile, type Leaver } from './company/snapshot.js';
import type { Mapping } from './company/mapping.js';
import { addDays, daysBetween, instantOf, type Day } from './days.js';
import { declareThrough, declinerOf, ZONE, type Coachee, type Programme } from './programme.js';
import { random } from '@cairn/seeded';
import { counted, progress, say } from './report/print.js';
import { Life } from './story/live.js';
import { FATES, storyOf, type Fate, type Part, type Story } from './story/story.js';

/** What was planted, to be told against what Cairn finds. */
export interface Planted {
  readonly declines: Coachee;
  readonly silent: { readonly coachee: Coachee; readonly from: Day };
  readonly pauses: Coachee;
  readonly leaves: { readonly coachee: Coachee; readonly on: Day };
  /** One session of every kind, as far as there are coachees and months for it. */
  readonly sessions: readonly { readonly coachee: Coachee; readonly fate: Fate; readonly day: Day }[];
  readonly stories: ReadonlyMap<string, Story>;
  /** The day of the second HR file. */
  readonly middle: Day;
}

const CADENCE_DAYS = 14;
/** Coachees who are told side by side. */
const LANES = 6;
/** Days that are told before the next declaration of history. */
const STRETCH = 14;

/** Casts everybody who was matched, four or more: one goes silent, one pauses, one leaves half way, the others go on. */
export function cast(programme: Programme, coachees: readonly Coachee[], seed: number): Planted {
  const { matchedOn, endsOn, allotment, themes, startsOn } = programme;
  const matched = coachees.filter(({ coachId }) => coachId !== undefined);
  const middle = addDays(startsOn, Math.floor(daysBetween(startsOn, endsOn) / 2));
  const slots = new Map<string, number>();
  const [silent, pauses, leaves] = matched as [Coachee, Coachee, Coachee];
  const leavesOn = addDays(middle, -3);
  const steady = matched.filter((coachee) => coachee !== silent && coachee !== pauses && coachee !== leaves);
  const fates = new Map(steady.map(({ employeeId }) => [employeeId, new Map<number, Fate>()]));
  for (const [index, fate] of FATES.entries()) {
    const coachee = steady[index % steady.length]!;
    // Every other session of the same coachee, so that each is held again in between.
    fates.get(coachee.employeeId)!.set(1 + 2 * Math.floor(index / steady.length), fate);
  }
  const stories = new Map(
    matched.map((coachee) => {
      const slot = slots.get(coachee.coachId!) ?? 0;
      slots.set(coachee.coachId!, slot + 1);
      const part: Part =
        coachee === silent
          ? 'silent'
          : coachee === pauses
            ? 'pauses'
            : coachee === leaves
              ? 'leaves'
              : 'steady';
      const of = {
        reference: coachee.employeeId,
        part,
        matchedOn,
        endsOn,
        cadenceDays: CADENCE_DAYS,
        allotment,
        zone: ZONE,
        slot,
        themes,
        ...(fates.has(coachee.employeeId) ? { fates: fates.get(coachee.employeeId)! } : {}),
      };
      return [coachee.employeeId, storyOf(seed, part === 'leaves' ? { ...of, leavesOn } : of)];
    }),
  );
  const sessions = steady.flatMap((coachee) =>
    [...fates.get(coachee.employeeId)!].flatMap(([n, fate]) => {
      const day = stories.get(coachee.employeeId)!.days.get(n);
      return day === undefined ? [] : [{ coachee, fate, day }];
    }),
  );
  return {
    middle,
    sessions,
    stories,
    declines: declinerOf(coachees),
    silent: { coachee: silent, from: stories.get(silent.employeeId)!.silentFrom! },
    pauses,
    leaves: { coachee: leaves, on: leavesOn },
  };
}

/** Lives through the months, a fortnight at a time; half way comes a second HR file with people gone. */
export async function live(
  client: Client,
  programme: Programme,
  coachees: readonly Coachee[],
  planted: Planted,
  half: () => Promise<void>,
): Promise<void> {
  const lives = coachees
    .filter(({ employeeId }) => planted.stories.has(employeeId))
    .map((coachee) => ({
      steps: [...planted.stories.get(coachee.employeeId)!.steps],
      life: new Life(client, {
        reference: coachee.employeeId,
        personId: coachee.personId,
        coachId: coachee.coachId!,
        enrollmentId: coachee.enrollmentId,
        engagementId: coachee.engagementId!,
        zone: ZONE,
      }),
    }));
  const bar = progress(
    'living',
    lives.reduce((sum, { steps }) => sum + steps.length, 0),
  );
  let halfway = false;
  for (let day = programme.startsOn; day <= programme.endsOn; day = addDays(day, STRETCH)) {
    const next = addDays(day, STRETCH);
    const end = next > programme.endsOn ? addDays(programme.endsOn, 1) : next;
    const until = instantOf(end, '00:00', ZONE);
    await eachOf(lives, LANES, async ({ life, steps }) => {
      while (steps[0] !== undefined && steps[0].at < until) {
        await life.tell(steps.shift()!);
        bar.step();
      }
    });
    await declareThrough(client, coachees, addDays(end, -1));
    if (!halfway && end > planted.middle) {
      halfway = true;
      await half();
    }
  }
  bar.stop();
}

/** The HR file half way: some of the people who were current have left, the coachee who was cast for it among them. */
export function halfwayFile(
  file: HrFile,
  mapping: Mapping,
  currentIds: readonly string[],
  planted: Planted,
  programme: Programme,
  keep: ReadonlySet<string>,
  seed: number,
): Buffer {
  const dice = random(seed, 'leavers');
  const candidates = currentIds.filter((id) => !keep.has(id)).sort();
  const count = Math.min(6, Math.floor(candidates.length * 0.03));
  const leavers: Leaver[] = Array.from({ length: count }, () => {
    const [employeeId] = candidates.splice(Math.floor(dice.next() * candidates.length), 1);
    const leftOn = addDays(
      programme.startsOn,
      dice.between(10, daysBetween(programme.startsOn, planted.middle) - 5),
    );
    return { employeeId: employeeId!, leftOn, voluntary: dice.chance(0.7) };
  });
  const { coachee, on } = planted.leaves;
  leavers.push({ employeeId: coachee.employeeId, leftOn: on, voluntary: true });
  say(
    `  a second HR file, of ${planted.middle}: ${counted(leavers.length, 'person has', 'people have')} left, ${coachee.name} among them`,
  );
  return laterSnapshot(file, mapping, leavers);
}
