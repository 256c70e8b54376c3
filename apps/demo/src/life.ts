import { eachOf, type Client } from './api/client.js';
import type { Planted } from './casting.js';
import { laterSnapshot, type HrFile, type Leaver } from './company/snapshot.js';
import type { Mapping } from './company/mapping.js';
import { addDays, daysBetween, instantOf, type Day } from './days.js';
import { declareThrough, ZONE, type Coachee, type Programme } from './programme.js';
import { random } from '@cairn/seeded';
import { counted, progress, say } from './report/print.js';
import { Life } from './story/live.js';

/** Coachees who are told side by side. */
const LANES = 6;
/** Days that are told before the next declaration of history. */
const STRETCH = 14;

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
        name: coachee.name,
        team: planted.around[coachee.personId]!.team,
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
  for (const end of endsOfStretches(programme)) {
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

/** The days before which it is told as far: each fortnight, and the one after the last. */
function endsOfStretches({ startsOn, endsOn }: Programme): Day[] {
  const ends = [addDays(endsOn, 1)];
  for (let end = addDays(startsOn, STRETCH); end <= endsOn; end = addDays(end, STRETCH)) ends.push(end);
  return [...new Set(ends)].sort();
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
