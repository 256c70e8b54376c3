import { prepareAppend } from '../content.js';
import { type Position, type StoredEvent, WrongExpectedVersion } from '../port.js';
import { append } from './append.js';
import type { Place } from './reading.js';
import { toProposal } from './recorded.js';

/** Events of one append, at most, and their size as JSON: the server takes 1 MiB at once. */
const COUNT = 500;
const BYTES = 900_000;

/**
 * Appends events of another log as they stand there: in their order, with their ids, versions and `recordedAt`. What lies
 * side by side in one stream goes in one append; the next is sent when it was answered, or the order were left to chance.
 * @returns the position of the last one
 */
export async function copyIn(place: Place, events: readonly StoredEvent[]): Promise<Position | undefined> {
  let position: Position | undefined;
  for (const run of runsOf(events)) position = await appendRun(place, run);
  return position;
}

async function appendRun(place: Place, run: readonly StoredEvent[]): Promise<Position> {
  const { stream, version } = run[0]!;
  const request = prepareAppend({ stream, events: run, expectedVersion: version - 1 }, Infinity);
  const sent = request.events.map((event, index) =>
    toProposal(event, { recordedAt: run[index]!.recordedAt }),
  );
  try {
    return (await append(place, request, sent)).position;
  } catch (error) {
    // A copy that broke off had cut the runs otherwise: its part is looked at alone, then comes the rest.
    const there = error instanceof WrongExpectedVersion ? error.actual - error.expected : 0;
    if (there <= 0 || there >= run.length) throw error;
    await appendRun(place, run.slice(0, there));
    return appendRun(place, run.slice(there));
  }
}

function* runsOf(events: readonly StoredEvent[]): Generator<StoredEvent[]> {
  let run: StoredEvent[] = [];
  let size = 0;
  for (const event of events) {
    const bytes = Buffer.byteLength(JSON.stringify([event.data, event.metadata])) + 300;
    if (run.length > 0 && (run[0]!.stream !== event.stream || run.length === COUNT || size + bytes > BYTES)) {
      yield run;
      run = [];
      size = 0;
    }
    run.push(event);
    size += bytes;
  }
  if (run.length > 0) yield run;
}
