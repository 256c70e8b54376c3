import { type EventLog, type EventStore, type Position, START, type StoredEvent } from './port.js';

/** A log that can take over another's events. */
export interface CopiedLog extends EventStore {
  copyIn(events: readonly StoredEvent[]): Promise<Position>;
  raiseGeneration(above?: number): Promise<number>;
}

/** The log that is to be copied into holds what is not of the other. */
export class LogTaken extends Error {
  constructor(stream: string) {
    super(
      `The other store already holds another log's events (its first is of ${stream}). Copy into an empty one, or say ` +
        'where the log is: nothing was copied.',
    );
    this.name = 'LogTaken';
  }
}

/** @throws LogTaken where what `to` holds did not begin as `from` did */
export async function refuseTaken(from: EventLog, to: EventLog): Promise<void> {
  const [[there], [first]] = await Promise.all([to.readAll(START, 1), from.readAll(START, 1)]);
  if (there !== undefined && there.id !== first?.id) throw new LogTaken(there.stream);
}

const PAGE = 500;

/**
 * Copies all of a log into another one, which holds nothing else, and gives that one a generation above both. Nobody may
 * write to either meanwhile. Broken off, it can be run again.
 * @param places positions of `from` that others keep
 * @returns how many events there are, the new generation, and where each of the places is in `to`: after the same events
 * @throws LogTaken, WrongExpectedVersion, EventIdConflict where `to` holds something else
 */
export async function copyLog(
  from: EventLog,
  to: CopiedLog,
  places: readonly Position[],
  onProgress: (events: number) => void = () => undefined,
): Promise<{ events: number; generation: number; places: ReadonlyMap<Position, Position> }> {
  await refuseTaken(from, to);
  const moved = new Map<Position, Position>(places.map((place) => [place, START]));
  const ends = [...moved.keys()].sort();
  let at = START;
  let last = START;
  let events = 0;
  for (let page = await from.readAll(at, PAGE); page.length > 0; page = await from.readAll(at, PAGE)) {
    while (page.length > 0) {
      // What lies up to the next place goes alone, so that the answer is its position.
      while (ends.length > 0 && ends[0]! < page[0]!.position) moved.set(ends.shift()!, last);
      const upTo =
        ends.length === 0 ? page.length : page.filter(({ position }) => position <= ends[0]!).length;
      const part = page.splice(0, Math.max(upTo, 1));
      last = await to.copyIn(part);
      at = part.at(-1)!.position;
      events += part.length;
      onProgress(events);
    }
  }
  for (const place of ends) moved.set(place, last);
  const generation = await to.raiseGeneration(await from.generation());
  return { events, generation, places: moved };
}
