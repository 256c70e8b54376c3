import {
  LETTERS_LISTED,
  lostText,
  type ConsumerSummary,
  type DeadLetter,
  type LostEvents,
  type redriveDeadLetters,
} from '@cairn/messaging/operate';
import type { Build, ProjectionStatus } from '@cairn/projections';

type Redriven = Awaited<ReturnType<typeof redriveDeadLetters>>;

/** A group whose process has not been heard of for so long does not run. */
const SILENT_SECONDS = 30;

/** Rows under their headings, in columns. */
export function inColumns(rows: readonly (readonly (string | number)[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) => row.map((cell, column) => String(cell).padEnd(widths[column]!)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** A group: whether it goes on, where it stands and why, what it has put aside, how old what it knows is, and how far it has read. */
export function consumerShown(summary: ConsumerSummary, now: Date): string {
  const { group, partitions, sources, deadLetters, held } = summary;
  const aside =
    deadLetters === 0
      ? 'no dead letters'
      : `${deadLetters} dead letter${deadLetters === 1 ? '' : 's'}, ${held} later event${held === 1 ? '' : 's'} held behind`;
  const fresh = sources.map(({ source, ageSeconds }) =>
    Number.isFinite(ageSeconds)
      ? `${source} as of ${Math.round(ageSeconds)} s ago`
      : `${source} not heard of yet`,
  );
  const topics = Map.groupBy(partitions, ({ topic }) => topic);
  const read = [...topics].map(
    ([topic, each]) => `  ${topic}  ${each.map(({ offset }) => offsetShown(offset)).join(' ')}`,
  );
  const standing = partitions.flatMap(({ topic, partition, offset, fault }) =>
    fault === null
      ? []
      : [
          `  STANDS before ${topic}/${partition}@${offset! + 1} since ${fault.since.toISOString()}: ${fault.reason}`,
        ],
  );
  return [
    `${group}: ${stateOf(summary, now)}; ${aside}`,
    ...standing,
    `  knows ${fresh.join(', ') || 'no source yet'}`,
    ...(read.length > 0 ? ['  last offset handled in each partition (- where it is yet to begin):'] : []),
    ...read.map((line) => `  ${line}`),
  ].join('\n');
}

function stateOf({ stopped, trouble, seenAt }: ConsumerSummary, now: Date): string {
  if (stopped !== null) return `STOPPED: ${stopped}`;
  if (seenAt === null) return 'has never run';
  const silent = Math.round((now.getTime() - seenAt.getTime()) / 1000);
  if (silent > SILENT_SECONDS) return `NOT RUNNING, last seen ${silent} s ago`;
  return trouble === null ? 'runs' : `runs, but CANNOT READ for now: ${trouble}`;
}

const offsetShown = (offset: number | null): string => (offset === null || offset < 0 ? '-' : String(offset));

export function deadLettersShown(letters: readonly DeadLetter[]): string {
  if (letters.length === 0) return 'No dead letters.';
  const more =
    letters.length === LETTERS_LISTED ? ['', `The first ${LETTERS_LISTED}: there may be more.`] : [];
  return [lettersInColumns(letters), ...more].join('\n');
}

const lettersInColumns = (letters: readonly DeadLetter[]): string =>
  inColumns([
    ['GROUP', 'ID', 'WHERE', 'REASON', 'HELD BEHIND', 'SINCE'],
    ...letters.map((l) => [
      l.group,
      l.id,
      `${l.topic}/${l.partition}@${l.offset}`,
      l.reason ?? 'held behind another',
      l.heldBehind,
      l.at.toISOString(),
    ]),
  ]);

/** Those of events that a restored service no longer has, and what to do with them. */
export function lostLettersShown(letters: readonly DeadLetter[], { source }: LostEvents): string {
  if (letters.length === 0) return `No dead letters here of events that ${source} lost.`;
  const many = letters.length === 1 ? 'dead letter of an event' : 'dead letters of events';
  return [
    lettersInColumns(letters),
    '',
    `${letters.length} ${many} that ${source} lost when it was restored: nothing will correct them, and what was done there`,
    'since may contradict them. Give them up; what is held behind them is then handled:',
    ...[...Map.groupBy(letters, ({ group }) => group)].map(
      ([group, of]) =>
        `  npm run ops -- dead-letters discard ${group} ${of.map(({ id }) => id).join(' ')} --because 'lost when ${source} was restored'`,
    ),
  ].join('\n');
}

/** What is to be done once a service has been restored. */
export const restoredShown = (service: string, lost: LostEvents, isAbove: boolean): string =>
  `${service} may start: what it publishes from now on counts as new` +
  (isAbove
    ? '; so does what the backup had not published, though others may have that already, under the same ids.\n'
    : ', and nothing old is published again. Where the bus holds a later log of it, it does not start, and says what to do.\n') +
  'What it had published since the backup is gone from its log, and others may have put some of that aside, which would ' +
  'stop what follows. To see how many there are, and to give them up, in each of the other services (DATABASE_URL):\n' +
  `  npm run ops -- dead-letters list --lost ${lostText(lost)}`;

/** What came of handling dead letters again. */
export const redrivenShown = (group: string, result: Redriven): string => {
  if (result === undefined)
    return `${notAnswered(group)} What was asked stays, and is done when it comes to it.`;
  const { redriven, stillBlocked } = result;
  const blocked =
    stillBlocked === 0 ? 'Nothing is put aside any more of what was asked for.' : blockedShown(stillBlocked);
  return `Handled now: ${events(redriven)}, those held behind included. ${blocked}`;
};

/** What came of giving dead letters up. */
export const discardedShown = (group: string, letters: number, result: Redriven): string => {
  const given = `Given up for good: ${letters} dead letter${letters === 1 ? '' : 's'}.`;
  if (result === undefined)
    return `${given} ${notAnswered(group)} What was held behind is handled when it comes to it.`;
  const { redriven, stillBlocked } = result;
  if (redriven + stillBlocked === 0) return `${given} Nothing was held behind.`;
  const handled = `Handled now: ${events(redriven)} held behind.`;
  return [given, handled, ...(stillBlocked === 0 ? [] : [blockedShown(stillBlocked)])].join(' ');
};

const notAnswered = (group: string): string =>
  `${group} has not answered within 30 s: it does not run, or is busy.`;
const events = (count: number): string => `${count} event${count === 1 ? '' : 's'}`;
const blockedShown = (streams: number): string =>
  `Still put aside, for a reason that "dead-letters show" tells: ${streams} stream${streams === 1 ? '' : 's'}.`;

export const projectionsShown = (rows: readonly ProjectionStatus[]): string =>
  rows.length === 0
    ? 'No projection is known yet: analytics makes them when it first starts.'
    : inColumns([
        ['NAME', 'VERSION.BUILD', 'READ', 'STATE', 'POSITION', 'BEHIND BY'],
        ...rows.map((p) => [
          p.name,
          `${p.version}.${p.build}`,
          p.isRead ? 'yes' : 'no',
          projectionStateShown(p),
          p.position || '-',
          `${Math.round(p.lagSeconds)} s`,
        ]),
      ]);

function projectionStateShown({ state, fault, progress }: ProjectionStatus): string {
  if (fault !== undefined) return `${state}: ${fault}`;
  if (state !== 'building' || progress === undefined) return state;
  const left = progress.secondsLeft === null ? '' : `, about ${progress.secondsLeft} s left`;
  return `${state}, ${Math.floor(progress.part * 100)} %${left}`;
}

export const buildShown = ({ name, version, build }: Build): string => `${name} ${version}.${build}`;

/** What a rewind comes to, in words for whoever has just asked for it. */
export const rewoundShown = (group: string, to: Date | undefined, tenant: string | undefined): string =>
  `${group} handles again ${tenant === undefined ? 'what' : `what belongs to tenant ${tenant} and`} was published ` +
  `${to === undefined ? 'since the beginning' : `since ${to.toISOString()}`}, within seconds where it runs. It changes ` +
  'nothing a second time and sets off nothing in other services; what is published meanwhile follows. ' +
  'See how far it is: npm run ops -- consumers list';

/** What a reset comes to, in words for whoever has just asked for it. */
export const resetShown = (group: string, to: 'beginning' | 'end'): string =>
  to === 'beginning'
    ? `${group} reads its topics again from their first message, within seconds where it runs. What it had handled ` +
      'before changes nothing a second time and sets off nothing in other services; what they hold no more and it had not ' +
      'handled is lost to it. Dead letters that the topics still ' +
      'hold are tried again; the others stay open, and are handled by a redrive: npm run ops -- dead-letters list. ' +
      'See how far it is: npm run ops -- consumers list'
    : `${group} goes on with what is published from now on, within seconds where it runs. What was published before ` +
      'and not yet handled it will never handle; its dead letters stay where they are.';

/** What an erasure came to; `hadKey` is false where nothing was to be erased, or it had been done before. */
export const erasedShown = (service: string, person: string, hadKey: boolean): string =>
  hadKey
    ? `The key of ${person} in ${service} is deleted: none of their private texts there can be read any more. Backups from ` +
      'before still hold it.'
    : `There is no key of ${person} in ${service}: no private text of theirs there can be read.`;
