import { jsonEvent, NO_STREAM, WrongExpectedVersionError } from './client.js';
import { lastOf, type Place } from './reading.js';

/** A log made anew is above any earlier one: seconds since 2020, as in PostgreSQL. */
const ofNow = (): number => Math.max(1, Math.floor((Date.now() - Date.UTC(2020, 0, 1)) / 1000));

/** The log's generation, kept in a stream of its own beside the log; given when it is first asked for. */
export async function generationOf(place: Place): Promise<number> {
  const last = await lastGeneration(place);
  return last?.generation ?? raiseGeneration(place, 0);
}

/** Gives the log a generation that is higher than its own and than `above`. */
export async function raiseGeneration(place: Place, above: number): Promise<number> {
  const last = await lastGeneration(place);
  const generation = Math.max(last === undefined ? 0 : last.generation + 1, above + 1, ofNow());
  try {
    await place.client.appendToStream(
      streamOf(place),
      [jsonEvent({ type: 'LogGenerationBegan', data: { generation } })],
      { expectedRevision: last?.revision ?? NO_STREAM, requiresLeader: true },
    );
    return generation;
  } catch (error) {
    if (!(error instanceof WrongExpectedVersionError)) throw error;
    return generationOf(place); // somebody else began one at the same time
  }
}

async function lastGeneration(place: Place): Promise<{ generation: number; revision: bigint } | undefined> {
  const last = await lastOf(place.client, streamOf(place));
  return last && { generation: (last.data as { generation: number }).generation, revision: last.revision };
}

/** Without the prefix's last character, so that it does not begin with the prefix. */
const streamOf = ({ prefix }: Place): string => prefix.slice(0, -1);
