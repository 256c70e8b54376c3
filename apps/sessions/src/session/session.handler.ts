import { fold, RefusedError } from '@cairn/decider';
import { appendOf, loadStream, timeIn, untilFirst, type Loaded, type Origin } from '@cairn/event-store';
import { transact, type TransactionalLog } from '@cairn/event-store/postgres';
import { requireVersion } from '@cairn/http';
import type { Pool, PoolClient } from 'pg';
import type { EngagementCommand } from '../engagement/engagement.commands.js';
import { engagementDecider, settledThrough, type KnownEngagement } from '../engagement/engagement.decider.js';
import { loadKnownEngagement } from '../engagement/engagement.load.js';
import { programAt } from '../knowledge/known.js';
import { changesLedger, claim, isUsedUp } from '../ledger/claim.js';
import { follow } from '../ledger/follow.js';
import { sessionStream } from '../streams.js';
import { spendsUnit } from './session.claims.js';
import type { SessionCommand } from './session.commands.js';
import { sessionDecider } from './session.decider.js';
import { noSuchSession } from './session.errors.js';
import type { Party, Times } from './session.events.js';
import { hoursAfter, type KnownSession, type SessionState } from './session.state.js';
import { sessionEventOf } from './session.upcasters.js';

type Told = 'at' | 'settledThrough' | 'policy' | 'allowed';
type Without<C> = C extends SessionCommand ? Omit<C, Told> : never;
/** A command before the handler adds its time and what the programme says. */
export type SessionOrder = Exclude<Without<SessionCommand>, { kind: 'schedule' }>;

export interface Booking extends Times {
  readonly sessionId: string;
  readonly zone: string;
  readonly seriesId?: string;
  /** Who books, as a party of this engagement. @throws RefusedError where it is none of theirs */
  readonly by: (engagement: KnownEngagement) => Party;
}

export interface SessionNow {
  readonly session: KnownSession;
  /** How often it has changed for all who see it: a rating or a note shows in no ETag but its owner's. */
  readonly version: number;
}

export interface RunOptions {
  /** Refuse unless the session stands at this version; `*` matches any, and so does undefined unless it is needed. */
  readonly ifMatch?: string | undefined;
  readonly needsIfMatch?: boolean;
  /** Rows that belong to the command, written in its transaction before all others. */
  readonly rows?: (client: PoolClient) => Promise<void>;
}

/** Load → already done? → decide → ledger and append in one transaction → again when somebody else was first. */
export class SessionHandler {
  constructor(
    private readonly pool: Pool,
    private readonly store: TransactionalLog,
  ) {}

  /** @throws RefusedError */
  book(origin: Origin, engagementId: string, booking: Booking): Promise<SessionNow> {
    return untilFirst(async () => {
      const engagement = await loadKnownEngagement(this.store, origin, engagementId);
      const { sessionId, startsAt, endsAt, zone, seriesId } = booking;
      const by = booking.by(engagement.state);
      const loaded = await this.load(origin, sessionId);
      if (loaded.done) return now(loaded);
      const { at } = origin;
      const { sessionPolicy: policy } = await programAt(
        this.pool,
        origin.tenantId,
        engagement.state.refs.programId,
        at,
      );
      const refs = { sessionId, ...engagement.state.refs };
      const terms = { refs, startsAt, endsAt, zone, by, policy, ...(seriesId !== undefined && { seriesId }) };
      return this.decide(origin, { kind: 'schedule', at, settledThrough: at, ...terms }, loaded, engagement);
    });
  }

  /**
   * Runs what `order` asks of the session as it stands.
   * @throws RefusedError
   */
  run(
    origin: Origin,
    sessionId: string,
    order: (session: KnownSession) => SessionOrder,
    { ifMatch, needsIfMatch = false, rows }: RunOptions = {},
  ): Promise<SessionNow> {
    return untilFirst(async () => {
      const loaded = await this.load(origin, sessionId);
      const { session } = now(loaded);
      const wanted = order(session);
      if (loaded.done) return now(loaded);
      if (ifMatch !== undefined || needsIfMatch) requireVersion(ifMatch, now(loaded).version);
      const command = await this.completed(wanted, session, origin);
      const engagement =
        command.kind === 'reschedule'
          ? await loadKnownEngagement(this.store, origin, session.refs.engagementId)
          : undefined;
      return this.decide(origin, command, loaded, engagement, rows);
    });
  }

  /** The session as it stands. @throws RefusedError where there is none in this tenant */
  async read(tenantId: string, sessionId: string): Promise<SessionNow> {
    return now(await this.load({ tenantId }, sessionId));
  }

  /** The engagement as it stands. @throws RefusedError where there is none in this tenant */
  async engagement(tenantId: string, engagementId: string): Promise<KnownEngagement> {
    return (await loadKnownEngagement(this.store, { tenantId }, engagementId)).state;
  }

  /** Adds what only the handler knows: the time, how far silence is judged, what the programme says on that day. */
  private async completed(
    order: SessionOrder,
    session: KnownSession,
    origin: Origin,
  ): Promise<SessionCommand> {
    const { programId } = session.refs;
    // A deadline is itself the time up to which it settles; a fact settles what lies before it.
    if (order.kind === 'settle') return { ...order, at: origin.at, settledThrough: origin.at };
    const at = timeIn(origin, session.lastAt);
    const when = { at, settledThrough: await this.settledThrough(session, origin, at) };
    const program = () => programAt(this.pool, origin.tenantId, programId, at);
    if (order.kind === 'reschedule') return { ...order, ...when, policy: (await program()).sessionPolicy };
    if (order.kind === 'record-themes') return { ...order, ...when, allowed: (await program()).themes };
    return { ...order, ...when };
  }

  /** The engagement is asked only where silence is over: nowhere else does its history matter. */
  private async settledThrough(session: KnownSession, origin: Origin, at: string): Promise<string> {
    if (hoursAfter(session.endsAt, session.policy.silenceHours) > at) return at;
    const engagement = await loadKnownEngagement(this.store, origin, session.refs.engagementId);
    return settledThrough(engagement.state, at);
  }

  private async decide(
    origin: Origin,
    command: SessionCommand,
    loaded: Loaded<SessionState>,
    engagement?: Loaded<KnownEngagement>,
    rows?: (client: PoolClient) => Promise<void>,
  ): Promise<SessionNow> {
    const decision = sessionDecider.decide(command, loaded.state);
    if (!decision.ok) throw new RefusedError(decision.refusal);
    const { events } = decision;
    if (events.length === 0) return now(loaded);
    const session = fold(sessionDecider, events, loaded.state) as KnownSession;
    const append = appendOf(origin, sessionStream(session.refs.sessionId), loaded.version, events);
    const after = now({ state: session, version: loaded.version + events.length });

    const claims = changesLedger(loaded.state, session);
    if (!claims && rows === undefined) {
      await this.store.append(append.stream, append.events, append.expectedVersion);
      return after;
    }
    const spends = spendsUnit(loaded.state, session);
    if (spends) engagement ??= await loadKnownEngagement(this.store, origin, session.refs.engagementId);
    const asks = engagement === undefined ? [] : bookingOf(command, origin, engagement.state);
    if (asks.length > 0) refuseUnlessAccepted(asks[0]!, engagement!.state);
    await transact(this.pool, this.store, async (client) => {
      await rows?.(client);
      if (!claims) return [append];
      const sums = await claim(client, origin.tenantId, session);
      if (engagement === undefined) return [append];
      const useUp: EngagementCommand = { kind: 'use-up', at: events.at(-1)!.occurredAt, ...sums };
      const commands = spends && isUsedUp(sums) ? [...asks, useUp] : asks;
      return [append, ...(await follow(client, origin, engagement, sums, commands, events.length))];
    });
    return after;
  }

  private load(
    reader: { readonly tenantId: string; readonly commandId?: string },
    sessionId: string,
  ): Promise<Loaded<SessionState>> {
    return loadStream(this.store, sessionStream(sessionId), reader, sessionDecider, sessionEventOf);
  }
}

function now({ state, version }: Omit<Loaded<SessionState>, 'done'>): SessionNow {
  if (state.status === 'none') throw new RefusedError(noSuchSession());
  return { session: state, version: version - state.asides };
}

/** A session may only lie where its engagement allows it; "now" yields to what the engagement holds already. */
const bookingOf = (
  command: SessionCommand,
  origin: Origin,
  { lastAt }: KnownEngagement,
): EngagementCommand[] =>
  command.kind === 'schedule' || command.kind === 'reschedule'
    ? [{ kind: 'book', at: timeIn({ ...origin, at: command.at }, lastAt), startsAt: command.startsAt }]
    : [];

/** Says no before any lock is taken. */
function refuseUnlessAccepted(command: EngagementCommand, state: KnownEngagement): void {
  const decision = engagementDecider.decide(command, state);
  if (!decision.ok) throw new RefusedError(decision.refusal);
}
