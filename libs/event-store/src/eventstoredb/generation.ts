import { LOG_RESTORED, LogOfAnother, LogUnavailable, type Position } from '../port.js';
import { FORWARDS, jsonEvent, NO_STREAM, StreamNotFoundError, WrongExpectedVersionError } from './client.js';
import { Positions, type Restore } from './position.js';
import { type LogOnServer, untilLeft } from './reading.js';

const SINCE = Date.UTC(2020, 0, 1);

/** A log made anew is above any earlier one: seconds since 2020, as in PostgreSQL. */
const ofNow = (): number => Math.max(1, Math.floor((Date.now() - SINCE) / 1000));

/** No server writes more, over the time from one restore to the next. */
const BYTES_PER_MS = 10_000;

/** What is known of a log beside its events; kept in a stream of its own. */
interface Known {
  /** Undefined before it is first asked for. */
  readonly generation: number | undefined;
  /** Names the database that the log belongs to; undefined before it is claimed. */
  readonly owner: string | undefined;
  readonly restores: readonly Restore[];
  /** Of that stream; undefined where there is none yet. */
  readonly revision: bigint | undefined;
}

/** The log's generation; given when it is first asked for. */
export async function generationOf(log: LogOnServer): Promise<number> {
  return (await knownOf(log)).generation ?? raiseGeneration(log, 0);
}

/** Gives the log a generation that is higher than its own and than `above`. */
export async function raiseGeneration(log: LogOnServer, above: number): Promise<number> {
  const { generation: last, owner, revision } = await knownOf(log);
  const generation = Math.max(last === undefined ? 0 : last + 1, above + 1, ofNow());
  const written = await write(log, revision, 'LogGenerationBegan', { generation, owner });
  return written ? generation : generationOf(log); // somebody else began one at the same time
}

/**
 * Says that the log is `owner`'s, for good.
 * @throws LogOfAnother
 */
export async function claim(log: LogOnServer, owner: string): Promise<void> {
  for (;;) {
    const { generation = ofNow(), owner: claimed, revision } = await knownOf(log);
    if (claimed === owner) return;
    if (claimed !== undefined) throw new LogOfAnother(streamOf(log.prefix));
    await write(log, revision, 'LogGenerationBegan', { generation, owner }); // who was outrun looks again
  }
}

/** How the log's positions and the server's belong together. */
export const positionsOf = async (log: LogOnServer): Promise<Positions> =>
  new Positions((await knownOf(log)).restores);

/**
 * For a server that was restored from a backup: what is appended from now on stands beyond every position that the log ever
 * had. The server gives offsets again that it gave after the backup; with them, new events would be taken for repeats. Who
 * has opened the log before must open it again.
 * @returns a position that lies between what the log ever had and what comes
 */
export async function leaveGap(log: LogOnServer): Promise<Position> {
  if (!(await write(log, (await knownOf(log)).revision, LOG_RESTORED, {})))
    throw new LogUnavailable(new Error('somebody else writes to it'));
  const { restores } = await knownOf(log);
  const { at, base } = restores.at(-1)!;
  return new Positions([{ at: at - 1n, base: base - 1n }]).of(at);
}

async function knownOf({ client, prefix }: LogOnServer): Promise<Known> {
  let generation: number | undefined;
  let owner: string | undefined;
  let revision: bigint | undefined;
  const restores: Restore[] = [];
  try {
    const read = client.readStream(streamOf(prefix), { direction: FORWARDS, requiresLeader: true });
    for await (const { event } of untilLeft(read)) {
      if (event === undefined) continue;
      revision = event.revision;
      if (event.type === LOG_RESTORED) restores.push(restoreOf(event, restores));
      else ({ generation, owner } = event.data as Pick<Known, 'generation' | 'owner'>);
    }
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return { generation, owner, restores, revision };
}

/** Time says how far the log may have been: what was restored knows nothing of what it had become. */
function restoreOf(
  { created, position }: { readonly created: Date; readonly position?: { readonly commit: bigint } },
  before: readonly Restore[],
): Restore {
  const at = position!.commit;
  const byTime = BigInt(created.getTime() - SINCE) * BigInt(BYTES_PER_MS);
  const beyond = BigInt(new Positions(before).of(at)) + 1n;
  return { at, base: byTime > beyond ? byTime : beyond };
}

/** False where somebody else has written there meanwhile. */
async function write(
  { client, prefix }: LogOnServer,
  revision: bigint | undefined,
  type: string,
  data: Record<string, unknown>,
): Promise<boolean> {
  try {
    await client.appendToStream(streamOf(prefix), [jsonEvent({ type, data })], {
      expectedRevision: revision ?? NO_STREAM,
      requiresLeader: true,
    });
    return true;
  } catch (error) {
    if (error instanceof WrongExpectedVersionError) return false;
    throw error;
  }
}

/** Without the prefix's last character, so that it does not begin with the prefix. */
const streamOf = (prefix: string): string => prefix.slice(0, -1);
