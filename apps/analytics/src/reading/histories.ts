import type { Envelope, ReceivedContract } from '@cairn/contracts';
import { schemaOf, type ReadBuild } from '@cairn/projections';
import type { ClientBase } from 'pg';
import { SCHEMA } from '../intake/log.js';
import type { FactTable } from '../projections/fact-table.js';
import type { Stamp } from '../projections/fact.js';
import { receivedOf } from '../projections/index.js';
import { engagements } from '../projections/participation/engagements.js';
import { enrollments } from '../projections/participation/enrollments.js';
import { goals } from '../projections/participation/goals.js';
import { matches } from '../projections/participation/matches.js';
import { sessions } from '../projections/participation/sessions.js';
import type { PersonFact } from '../projections/people/person-facts.js';
import type { CoachFact } from '../projections/programs/coach-facts.js';
import { coaches } from '../projections/programs/coaches.js';
import { people } from '../projections/people/people.js';
import { programs } from '../projections/programs/programs.js';
import {
  historyOf,
  noFacts,
  type GrowingHistory,
  type ProgramFacts,
  type ProgramHistory,
} from '../reports/as-of/view.js';
import { factsOfCoaches, factsOfProgram, isPlace, placesOf } from './facts.js';

type Client = Pick<ClientBase, 'query'>;

/** Facts of all programmes that are kept between questions: some 250 MB. The one that was asked for last is kept at any size. */
const FACTS_KEPT = 500_000;
/** Questions that came at the same time may look at slightly different states of the database. */
const STATES_KEPT = 3;
const MOST_AT_ONCE = 20_000;

/** Where the facts of a programme's history stand, by projection. */
const TABLES = {
  programs: { program: programs, coaches },
  participation: { enrollments, matches, engagements, sessions, goals },
  people: { people },
};
type Name = keyof typeof TABLES;
const NAMES = Object.keys(TABLES) as Name[];

/** How far each projection had come in analytics' log. */
type Positions = Readonly<Record<Name, number>>;

const positionsOf = (builds: readonly ReadBuild[]): Positions =>
  Object.fromEntries(builds.map(({ name, position }) => [name, Number(position)])) as Record<Name, number>;

/**
 * The histories of the programmes that were asked for last. Facts are only ever added, and each follows from one event of
 * the log: what is new since the last question is read from there, however large the programme is.
 */
export class Histories {
  private readonly kept = new Map<string, KeptHistory>();

  /** Undefined where the tenant has no such programme. @param client in the transaction that sees these builds */
  async of(
    client: Client,
    builds: readonly ReadBuild[],
    tenantId: string,
    programId: string,
  ): Promise<ProgramHistory | undefined> {
    const key = [tenantId, programId, ...builds.map(schemaOf)].join(' ');
    const kept = this.kept.get(key) ?? new KeptHistory(tenantId, programId);
    // The one that was asked for last comes last.
    this.kept.delete(key);
    this.kept.set(key, kept);
    try {
      return await kept.upTo(client, positionsOf(builds));
    } finally {
      if (kept.facts === 0) this.kept.delete(key);
      this.forget();
    }
  }

  private forget(): void {
    let facts = [...this.kept.values()].reduce((sum, each) => sum + each.facts, 0);
    for (const [key, each] of this.kept) {
      if (facts <= FACTS_KEPT || this.kept.size === 1) return;
      facts -= each.facts;
      this.kept.delete(key);
    }
  }
}

interface State {
  readonly at: Positions;
  readonly history: GrowingHistory;
  /** Who is enrolled, and who was ever matched with somebody. */
  readonly people: ReadonlySet<string>;
  readonly coaches: ReadonlySet<string>;
  readonly facts: number;
}

class KeptHistory {
  /** The latest first. */
  private states: readonly State[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly tenantId: string,
    private readonly programId: string,
  ) {}

  get facts(): number {
    return this.states[0]?.facts ?? 0;
  }

  /** One question at a time: whoever asks next finds what was read for the one before. */
  upTo(client: Client, to: Positions): Promise<ProgramHistory | undefined> {
    const turn = this.turn.then(async () => (await this.stateAt(client, to))?.history);
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private async stateAt(client: Client, to: Positions): Promise<State | undefined> {
    const before = this.states.find(({ at }) => NAMES.every((name) => at[name] <= to[name]));
    if (before && NAMES.every((name) => before.at[name] === to[name])) return before;
    const state =
      before && isNear(before, to) ? await this.follow(client, before, to) : await this.load(client, to);
    this.states = state ? [state, ...this.states].slice(0, STATES_KEPT) : [];
    return state;
  }

  private async load(client: Client, at: Positions): Promise<State | undefined> {
    const facts = await factsOfProgram(client, this.tenantId, this.programId);
    if (!facts) return undefined;
    const [people, coaches] = [peopleIn(facts), coachesIn(facts)];
    return { at, history: historyOf(facts), people, coaches, facts: sizeOf(facts) };
  }

  private async follow(client: Client, before: State, at: Positions): Promise<State> {
    const events = await eventsBetween(client, lowest(before.at), highest(at));
    const facts = noFacts();
    for (const { position, envelope } of events)
      if (envelope.tenantid === this.tenantId)
        for (const event of receivedOf(envelope))
          for (const name of NAMES)
            if (before.at[name] < position && position <= at[name])
              this.add(facts, TABLES[name], event, before);
    const newcomers = [...peopleIn(facts)].filter((personId) => !before.people.has(personId));
    if (newcomers.length > 0) facts.people.push(...(await placesOf(client, this.tenantId, newcomers)));
    const newCoaches = [...coachesIn(facts)].filter((coachId) => !before.coaches.has(coachId));
    if (newCoaches.length > 0)
      facts.coaches.push(...(await factsOfCoaches(client, this.tenantId, newCoaches)));
    if (sizeOf(facts) === 0) return { ...before, at };
    return {
      at,
      history: before.history.with(facts),
      people: before.people.union(new Set(newcomers)),
      coaches: before.coaches.union(new Set(newCoaches)),
      facts: before.facts + sizeOf(facts),
    };
  }

  private add(
    facts: Record<string, unknown[]>,
    tables: Readonly<Record<string, Pick<FactTable<Stamp>, 'factIn'>>>,
    event: ReceivedContract,
    known: Pick<State, 'people' | 'coaches'>,
  ): void {
    for (const [name, table] of Object.entries(tables)) {
      const fact = table.factIn(event) as (Stamp & { programId?: string }) | undefined;
      if (fact === undefined) continue;
      if (this.isOfIt(name, fact, known)) facts[name]!.push(fact);
    }
  }

  private isOfIt(
    name: string,
    fact: Stamp & { programId?: string },
    known: Pick<State, 'people' | 'coaches'>,
  ): boolean {
    if (name === 'coaches') return known.coaches.has((fact as CoachFact).coachId);
    if (name !== 'people') return fact.programId === this.programId;
    const person = fact as PersonFact;
    return known.people.has(person.personId) && isPlace(person);
  }
}

const lowest = (positions: Positions): number => Math.min(...NAMES.map((name) => positions[name]));
const highest = (positions: Positions): number => Math.max(...NAMES.map((name) => positions[name]));

/** Reading on costs as much for each event as reading anew for each fact; and it is held in memory at once. */
const isNear = ({ at, facts }: State, to: Positions): boolean =>
  highest(to) - lowest(at) <= Math.min(facts, MOST_AT_ONCE);

const peopleIn = ({ enrollments: enrolled }: ProgramFacts): Set<string> =>
  new Set(enrolled.map(({ personId }) => personId));

const coachesIn = ({ matches: matched }: ProgramFacts): Set<string> =>
  new Set(matched.flatMap((fact) => ('coachId' in fact ? [fact.coachId] : [])));

const sizeOf = (facts: ProgramFacts): number =>
  (Object.values(facts) as (readonly unknown[])[]).reduce((sum, { length }) => sum + length, 0);

async function eventsBetween(
  client: Client,
  after: number,
  upTo: number,
): Promise<{ position: number; envelope: Envelope }[]> {
  const { rows } = await client.query<{ position: string; envelope: Envelope }>({
    name: 'histories.tail',
    text: `SELECT position, envelope FROM ${SCHEMA}.events WHERE position > $1 AND position <= $2 ORDER BY position`,
    values: [after, upTo],
  });
  return rows.map(({ position, envelope }) => ({ position: Number(position), envelope }));
}
