import type { PreparedAppend } from '../content.js';
import { type Appended, EventIdConflict, UnstorableEvent, WrongExpectedVersion } from '../port.js';
import { MaxAppendSizeExceededError, NO_STREAM, WrongExpectedVersionError } from './client.js';
import { NotYetReadable, patiently } from './faults.js';
import { type Place, readVersions } from './reading.js';
import type { Proposal } from './recorded.js';

/** How long one try may take, and how long an append goes on trying while the server is away, in milliseconds. */
const SEND_MS = 5_000;
const PATIENCE_MS = 10_000;

/**
 * Sends until there is an answer. A try whose answer was lost is sent again under the same ids of the server's: written or
 * not, it is then there once. A wrong version is judged by what the stream holds there.
 */
export function append(place: Place, request: PreparedAppend, sent: readonly Proposal[]): Promise<Appended> {
  return patiently(async () => {
    const answer = await send(place, request, sent);
    if (answer.position === undefined) return judge(place, request, sent, answer.version);
    return { version: answer.version, position: answer.position, fresh: true };
  }, PATIENCE_MS);
}

/** The version at which the stream stands, and the position when the events were appended (or already were, by us). */
async function send(
  { client, prefix, positions: asked }: Place,
  { stream, expectedVersion, events }: PreparedAppend,
  sent: readonly Proposal[],
): Promise<{ version: number; position?: string }> {
  const positions = await asked();
  try {
    const answer = await client.appendToStream(prefix + stream, [...sent], {
      expectedRevision: expectedVersion === 0 ? NO_STREAM : BigInt(expectedVersion - 1),
      requiresLeader: true,
      deadline: SEND_MS,
    });
    const version = Number(answer.nextExpectedRevision) + 1;
    return { version, position: answer.position && positions.of(answer.position.commit) };
  } catch (error) {
    if (error instanceof WrongExpectedVersionError) {
      return { version: typeof error.actualVersion === 'bigint' ? Number(error.actualVersion) + 1 : 0 };
    }
    if (error instanceof MaxAppendSizeExceededError) {
      throw new UnstorableEvent(
        'too-large',
        `the ${events.length} events for stream ${stream} are too large together: the server takes ${error.maxAppendSize} bytes at once`,
      );
    }
    throw error;
  }
}

/**
 * What stands where these events should: the same events, others' events, or ours with other content. The server tells a
 * wrong version as soon as it has accepted the other write, and shows that write to readers a little later: it is waited
 * for, since it may be this very command.
 */
async function judge(
  place: Place,
  { stream, expectedVersion, events }: PreparedAppend,
  sent: readonly Proposal[],
  version: number,
): Promise<Appended> {
  const held = await readVersions(place, stream, expectedVersion, events.length);
  if (held.length < Math.min(events.length, version - expectedVersion)) throw new NotYetReadable(stream);
  const known = held.filter(({ event }, index) => event.id === events[index]!.id);
  for (const { event } of known) {
    const { contentHash } = events[event.version - expectedVersion - 1]!;
    if (event.metadata.contentHash !== contentHash) throw new EventIdConflict(stream, event.id);
  }
  if (known.length < events.length) throw new WrongExpectedVersion(stream, expectedVersion, version);
  const last = held.at(-1)!;
  return {
    version: last.event.version,
    position: last.event.position,
    fresh: last.serverId === sent.at(-1)!.id,
  };
}
