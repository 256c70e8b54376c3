import { describe, expect, it } from '@jest/globals';
import type { ConsumerSummary } from '@cairn/messaging';
import { consumerShown, redrivenShown, resetShown } from './ops-shown.js';

const now = new Date('2026-03-01T03:00:00Z');
const group: ConsumerSummary = {
  group: 'goals.inbox',
  stopped: null,
  seenAt: new Date('2026-03-01T02:59:57Z'),
  partitions: [12, -1, null].map((offset, partition) => ({
    topic: 'cairn.sessions.v1',
    partition,
    offset,
    updatedAt: now,
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

it('a reset says what is lost by it, and what is not', () => {
  expect(resetShown('goals.inbox', 'end')).toContain('it will never handle');
  expect(resetShown('goals.inbox', 'beginning')).toContain('changes nothing a second time');
});
