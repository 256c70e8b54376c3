import { setTimeout as sleep } from 'node:timers/promises';
import { Faults } from './faults.js';
import { startGround, type Ground } from './ground/ground.js';
import { Caller, Unanswered, Witness } from './load/caller.js';
import { tellProgramme } from './load/programme.js';
import type { Options } from './options.js';
import { planOf, told, type Point } from './plan.js';
import { random } from './random.js';
import { SERVICES } from './services.js';
import { gather, hashes, withPool } from './verify/gather.js';
import { judge, type Findings } from './verify/judge.js';
import { untilQuiet, untilRebuilt } from './verify/quiet.js';
import type { Seen } from './verify/seen.js';

/** Programmes that are told at the same time; each has five coachees, who go their ways at once. */
const LANES = 6;
const QUIET_WITHIN = 240_000;
/** So many programmes that could not be told to their end are told in words; more would say no more. */
const GIVE_UP_AFTER = 10;
/** No programme is begun after this: the run has to end, and to be looked at, within 45 minutes. */
const LOAD_MS = 36 * 60_000;

export interface Outcome {
  readonly findings: Findings;
  /** Commands that were refused or never answered, processes that do not end in order, a run that does not become quiet. */
  readonly otherwise: readonly string[];
  readonly acknowledged: number;
  readonly events: number;
  readonly struck: number;
  readonly retries: number;
  readonly startsTriedAgain: number;
  readonly missed: number;
  /** Answers 500, with how many there were of each. */
  readonly unexpected: ReadonlyMap<string, number>;
  /** How long commands were sent, in seconds. */
  readonly loadSeconds: number;
}

/** The whole of a run: starts everything, sends commands while faults strike, waits until it is quiet, and looks. */
export async function run(options: Options, say: (line: string) => void): Promise<Outcome> {
  const ground = await startGround((line) => say(`  ${line}`));
  say(`  logs of the services: ${ground.directory}`);
  try {
    return await runOn(ground, options, say);
  } finally {
    await ground.close();
  }
}

async function runOn(ground: Ground, options: Options, say: (line: string) => void): Promise<Outcome> {
  const witness = new Witness();
  const faults = new Faults(ground);
  const otherwise: string[] = [];
  const began = Date.now();

  const loaded = new AbortController();
  const striking = strike(
    planOf(options.seed, options.points, options.commands),
    faults,
    witness,
    loaded.signal,
    say,
  );
  await sendCommands(ground, options, witness, otherwise, say);
  loaded.abort();
  const struck = await striking;
  const loadSeconds = (Date.now() - began) / 1000;
  say(
    `  ${witness.acknowledged.length} commands acknowledged in ${Math.round(loadSeconds)} s; waiting until all is quiet`,
  );

  const stillOn = await untilQuiet(ground, QUIET_WITHIN, say);
  if (stillOn !== undefined) otherwise.push(`not quiet after ${QUIET_WITHIN / 1000} s: ${stillOn}`);
  const tenants = new Set(witness.acknowledged.map(({ tenantId }) => tenantId));
  const gathered = await gather(ground, tenants);
  otherwise.push(...(await endAll(ground)));
  say('  rebuilding the read models from Kafka, in an analytics of their own');
  const readModels = await rebuild(ground, new Set(gathered.intake.map(({ id }) => id)).size);

  const exits = SERVICES.flatMap((name) => ground.services[name].exits);
  const died = exits.filter(({ refusedToStart }) => !refusedToStart);
  return {
    findings: judge({
      ...gathered,
      acknowledged: witness.acknowledged,
      readModels,
      died: died.map(
        ({ service, code, signal, lastWords }) => `${service} (${code ?? signal}): ${lastWords}`,
      ),
    }),
    otherwise,
    acknowledged: witness.acknowledged.length,
    events: gathered.intake.length,
    struck,
    retries: witness.retries,
    startsTriedAgain: exits.length - died.length,
    missed: faults.missed,
    unexpected: witness.unexpected,
    loadSeconds,
  };
}

/** Tells programmes until enough commands were acknowledged. */
async function sendCommands(
  { url, issuer }: Ground,
  { commands, seed }: Options,
  witness: Witness,
  otherwise: string[],
  say: (line: string) => void,
): Promise<void> {
  const end = Date.now() + LOAD_MS;
  const enough = () => witness.acknowledged.length >= commands;
  let programmes = 0;
  const lane = async () => {
    while (!enough() && otherwise.length < GIVE_UP_AFTER && Date.now() < end) {
      const numbers = random(seed, `programme ${programmes++}`);
      try {
        await tellProgramme(new Caller(url, issuer, witness), numbers);
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        otherwise.push(error.message);
        say(`  ! ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  if (!enough())
    otherwise.push(`${witness.acknowledged.length} of ${commands} commands in ${LOAD_MS / 60_000} minutes`);
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
    void faults.strike(fault);
  }
  await faults.allOver();
  return struck;
}

/** Asks every service to end. @returns which did not do so in order */
async function endAll({ services }: Ground): Promise<string[]> {
  const codes = await Promise.all(SERVICES.map(async (name) => [name, await services[name].stop()] as const));
  return codes
    .filter(([, code]) => code !== 0)
    .map(([name, code]) => `${name} ended with code ${code} when asked to`);
}

async function rebuild(ground: Ground, events: number): Promise<Seen['readModels']> {
  const { service, database } = await ground.freshAnalytics();
  try {
    await service.untilReady(60_000);
    await untilRebuilt(database, events, QUIET_WITHIN);
  } finally {
    await service.stop();
  }
  const live = await withPool(ground.databases.analytics, hashes);
  const rebuilt = await withPool(database, hashes);
  return [...live].map(([table, hash]) => ({
    table,
    live: hash,
    rebuilt: rebuilt.get(table) ?? 'no such table',
  }));
}
