import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Faults } from './faults.js';
import { startGround, type Ground } from './ground/ground.js';
import { Caller, Unanswered, Witness } from './load/caller.js';
import { tellProgramme } from './load/programme.js';
import type { Options } from './options.js';
import { isWell, type Outcome } from './outcome.js';
import { neverStruck, planOf, told, type Point } from './plan.js';
import { random } from '@cairn/seeded';
import { PUBLISHERS, SERVICES, type ServiceName } from './services.js';
import { gather, hashes, withPool } from './verify/gather.js';
import { judge } from './verify/judge.js';
import { keep } from './verify/keep.js';
import { untilQuiet, untilRebuilt } from './verify/quiet.js';
import type { Seen } from './verify/seen.js';

/** Programmes that are told at the same time; each has five coachees, who go their ways at once. */
const LANES = 10;
/** A short run has fewer lanes, so as not to tell ten programmes for a hundred commands. */
const COMMANDS_OF_A_LANE = 100;
const QUIET_WITHIN = 150_000;
/** So many programmes that could not be told to their end are told in words; more would say no more. */
const GIVE_UP_AFTER = 10;
/** No programme is begun after this: it has to be told, all to become quiet, and the rest to be looked at within 45 minutes. */
const LOAD_MS = 39 * 60_000;

/** The whole of a run: starts everything, sends commands while faults strike, waits until it is quiet, and looks. */
export async function run(options: Options, say: (line: string) => void): Promise<Outcome> {
  const ground = await startGround(options.eventStore, (line) => say(`  ${line}`));
  say(`  logs of the services: ${ground.directory}`);
  try {
    const { outcome, seen } = await runOn(ground, options, say);
    if (isWell(outcome)) await rm(ground.directory, { recursive: true });
    else {
      await keep(ground.directory, seen);
      say(`  what was judged is beside the logs: ${ground.directory}/*.jsonl`);
    }
    return outcome;
  } finally {
    await ground.close();
  }
}

async function runOn(
  ground: Ground,
  options: Options,
  say: (line: string) => void,
): Promise<{ outcome: Outcome; seen: Seen }> {
  const witness = new Witness();
  const faults = new Faults(ground);
  const undone: string[] = [];
  const began = Date.now();

  const loaded = new AbortController();
  const plan = planOf(options.seed, options.points, options.commands, options.eventStore);
  const striking = strike(plan, faults, witness, loaded.signal, say);
  await sendCommands(ground, options, witness, undone, say);
  loaded.abort();
  const points = await striking;
  const come = plan.slice(0, points).map(({ fault }) => fault);
  undone.push(...neverStruck(come, faults.struck).map((kind) => `${kind} never struck`));
  const loadSeconds = (Date.now() - began) / 1000;
  say(
    `  ${witness.acknowledged.length} commands acknowledged in ${Math.round(loadSeconds)} s; waiting until all is quiet`,
  );

  const stillOn = await untilQuiet(ground, QUIET_WITHIN, say);
  if (stillOn !== undefined) undone.push(`not quiet after ${QUIET_WITHIN / 1000} s: ${stillOn}`);
  const tenants = new Set(witness.acknowledged.map(({ tenantId }) => tenantId));
  const gathered = await gather(ground, tenants);
  say('  rebuilding the read models from Kafka, in an analytics of their own');
  const events = new Set(gathered.intake.map(({ id }) => id)).size;
  const [readModels, ...endings] = await Promise.all([
    end(ground, 'analytics').then(async (ending) => {
      undone.push(...ending);
      return rebuild(ground, events);
    }),
    ...PUBLISHERS.map((name) => end(ground, name)),
  ]);
  undone.push(...endings.flat());

  const exits = SERVICES.flatMap((name) => ground.services[name].exits);
  const died = exits.filter(({ refusedToStart }) => !refusedToStart);
  const seen: Seen = {
    ...gathered,
    acknowledged: witness.acknowledged,
    readModels,
    died: died.map(({ service, code, signal, lastWords }) => `${service} (${code ?? signal}): ${lastWords}`),
    failed: witness.failed,
  };
  const outcome: Outcome = {
    findings: judge(seen),
    undone,
    acknowledged: witness.acknowledged.length,
    events,
    points,
    struck: faults.struck,
    retries: witness.retries,
    startsTriedAgain: exits.length - died.length,
    missed: faults.missed,
    loadSeconds,
  };
  return { outcome, seen };
}

/** Tells programmes until enough commands were acknowledged. */
async function sendCommands(
  { url, issuer }: Ground,
  { commands, seed }: Options,
  witness: Witness,
  undone: string[],
  say: (line: string) => void,
): Promise<void> {
  const end = Date.now() + LOAD_MS;
  const enough = () => witness.acknowledged.length >= commands;
  let programmes = 0;
  const lane = async () => {
    while (!enough() && undone.length < GIVE_UP_AFTER && Date.now() < end) {
      const numbers = random(seed, `programme ${programmes++}`);
      try {
        await tellProgramme(new Caller(url, issuer, witness), numbers);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        undone.push(error.message);
        say(`  ! ${error.message}`);
      }
    }
  };
  const lanes = Math.min(LANES, Math.ceil(commands / COMMANDS_OF_A_LANE));
  await Promise.all(Array.from({ length: lanes }, lane));
  if (!enough())
    undone.push(`${witness.acknowledged.length} of ${commands} commands in ${LOAD_MS / 60_000} minutes`);
}

/** Lets each fault strike when its point has come. @returns how many did */
async function strike(
  plan: readonly Point[],
  faults: Faults,
  witness: Witness,
  loaded: AbortSignal,
  say: (line: string) => void,
): Promise<number> {
  let struck = 0;
  for (const { afterCommands, thenMs, fault } of plan) {
    while (witness.acknowledged.length < afterCommands && !loaded.aborted) await sleep(2);
    if (loaded.aborted) break;
    await sleep(thenMs);
    struck += 1;
    say(
      `  ${String(struck).padStart(3)}/${plan.length} after ${witness.acknowledged.length}: ${told(fault)}`,
    );
    // What it fails of ends the run when all are over.
    faults.strike(fault).catch(() => undefined);
  }
  await faults.allOver();
  return struck;
}

/** Asks a service to end. @returns a sentence where it does not do so in order */
async function end({ services }: Ground, name: ServiceName): Promise<string[]> {
  const code = await services[name].stop();
  return code === 0 ? [] : [`${name} ended with code ${code} when it was asked to`];
}

/** What a new analytics on an empty database makes of the topics. The other one must have ended: they share a group. */
async function rebuild(ground: Ground, events: number): Promise<Seen['readModels']> {
  const { service, database } = await ground.freshAnalytics();
  try {
    await service.untilReady(60_000);
    await untilRebuilt(database, events, QUIET_WITHIN);
  } finally {
    await service.kill();
  }
  const live = await withPool(ground.databases.analytics, hashes);
  const rebuilt = await withPool(database, hashes);
  return [...live].map(([table, hash]) => ({
    table,
    live: hash,
    rebuilt: rebuilt.get(table) ?? 'no such table',
  }));
}
