import { describe, expect, it } from '@jest/globals';
import type { ConsumerSummary } from '@cairn/messaging';
import {
  consumerShown,
  discardedShown,
  projectionsShown,
  redrivenShown,
  resetShown,
  rewoundShown,
} from './ops-shown.js';

const now = new Date('2026-03-01T03:00:00Z');
const group: ConsumerSummary = {
  group: 'goals.inbox',
  stopped: null,
  trouble: null,
  seenAt: new Date('2026-03-01T02:59:57Z'),
  partitions: [12, -1, null].map((offset, partition) => ({
    topic: 'cairn.sessions.v1',
    partition,
    offset,
    updatedAt: now,
    fault: null,
  })),
  sources: [{ source: 'sessions', ageSeconds: 1.4 } as ConsumerSummary['sources'][number]],
  deadLetters: 1,
  held: 2,
};

describe('a consumer group, shown', () => {
  it('says whether it runs, what is put aside, how fresh it is and how far it has read', () => {
    expect(consumerShown(group, now)).toBe(
      [
        'goals.inbox: runs; 1 dead letter, 2 later events held behind',
        '  knows sessions as of 1 s ago',
        '  last offset handled in each partition (- where it is yet to begin):',
        '    cairn.sessions.v1  12 - -',
      ].join('\n'),
    );
  });

  it('names each partition that stands, since when and on what, and why nothing is read', () => {
    const fault = { reason: 'TransientFault: not now', since: new Date('2026-03-01T02:50:00Z') };
    const [first, ...others] = group.partitions;
    const standing = { ...group, partitions: [{ ...first!, fault }, ...others] };
    expect(consumerShown(standing, now).split('\n')[1]).toBe(
      '  STANDS before cairn.sessions.v1/0@13 since 2026-03-01T02:50:00.000Z: TransientFault: not now',
    );
    expect(consumerShown({ ...group, trouble: 'Kafka at k:9092 does not answer' }, now)).toContain(
      'runs, but CANNOT READ for now: Kafka at k:9092 does not answer; 1 dead letter',
    );
  });

  it('does not say of one that is gone or has stopped that it runs', () => {
    const gone = { ...group, seenAt: new Date('2026-03-01T02:00:00Z') };
    expect(consumerShown(gone, now)).toContain('NOT RUNNING, last seen 3600 s ago');
    expect(consumerShown({ ...group, seenAt: null }, now)).toContain('has never run');
    expect(consumerShown({ ...group, stopped: 'the topic is another one' }, now)).toContain(
      'STOPPED: the topic is another one',
    );
  });
});

it('what came of a redrive is told in words', () => {
  expect(redrivenShown('goals.inbox', undefined)).toContain('has not answered within 30 s');
  expect(redrivenShown('goals.inbox', { redriven: 1, stillBlocked: 0 })).toBe(
    'Handled now: 1 event, those held behind included. Nothing is put aside any more of what was asked for.',
  );
});

it('a discard says what was given up, and what became of what was held behind', () => {
  expect(discardedShown('goals.inbox', 1, { redriven: 0, stillBlocked: 0 })).toBe(
    'Given up for good: 1 dead letter. Nothing was held behind.',
  );
  expect(discardedShown('goals.inbox', 2, { redriven: 3, stillBlocked: 0 })).toBe(
    'Given up for good: 2 dead letters. Handled now: 3 events held behind.',
  );
  expect(discardedShown('goals.inbox', 2, { redriven: 3, stillBlocked: 1 })).toBe(
    'Given up for good: 2 dead letters. Handled now: 3 events held behind. ' +
      'Still put aside, for a reason that "dead-letters show" tells: 1 stream.',
  );
  expect(discardedShown('goals.inbox', 1, undefined)).toContain(
    'What was held behind is handled when it comes',
  );
});

it('a reset says what is lost by it, and what is not', () => {
  expect(resetShown('goals.inbox', 'end')).toContain('it will never handle');
  expect(resetShown('goals.inbox', 'beginning')).toContain('changes nothing a second time');
  expect(resetShown('goals.inbox', 'beginning')).toContain('the others stay open');
  expect(resetShown('goals.inbox', 'beginning')).toContain('and it had not handled is lost to it');
});

it('a rewind says what of it is handled again', () => {
  expect(rewoundShown('goals.inbox', undefined, undefined)).toContain(
    'what was published since the beginning',
  );
  expect(rewoundShown('goals.inbox', now, 'ours')).toContain(
    'what belongs to tenant ours and was published since 2026-03-01T03:00:00.000Z',
  );
});

it('projections say which of their builds is read, and how far another is', () => {
  const live = {
    name: 'people',
    version: 1,
    build: 1,
    position: '0000000000000042',
    state: 'live',
    isRead: true,
    lagSeconds: 0,
    progressedAt: now.toISOString(),
  } as const;
  const building = {
    ...live,
    build: 2,
    isRead: false,
    position: '',
    state: 'building',
    lagSeconds: 61,
    progress: { part: 0.259, secondsLeft: 90 },
  } as const;
  expect(projectionsShown([live, building]).split('\n')).toEqual([
    'NAME    VERSION.BUILD  READ  STATE                            POSITION          BEHIND BY',
    'people  1.1            yes   live                             0000000000000042  0 s',
    'people  1.2            no    building, 25 %, about 90 s left  -                 61 s',
  ]);
});
