import { expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keep } from './keep.js';
import type { Seen } from './seen.js';

it('keeps all that was judged, a line for each', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'cairn-kept-'));
  const stored = {
    id: 'a',
    stream: 'session-1',
    version: 1,
    type: 'SessionScheduled',
    data: { n: 'two\nlines' },
  };
  const seen = {
    acknowledged: [],
    logs: { sessions: [stored, { ...stored, version: 2 }], goals: [] },
    feeds: { sessions: [{ id: 'f' }] },
    topics: [{ id: 't' }],
    intake: [{ id: 'i' }],
    readModels: [{ table: 'people', live: '1', rebuilt: '2' }],
    ledger: { slots: [] },
    places: { seats: [] },
    known: { 'goals.known_people': [{ key: 'k' }] },
    aside: [],
    died: [],
    failed: ['POST /v1/x'],
  } as unknown as Seen;
  try {
    await keep(directory, seen);
    const read = async (name: string) =>
      (await readFile(join(directory, `${name}.jsonl`), 'utf8')).split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown); // prettier-ignore
    const once = [
      'acknowledged',
      'aside',
      'died',
      'failed',
      'intake',
      'ledger',
      'places',
      'readModels',
      'topics',
    ];
    const each = ['feeds.sessions', 'known.goals.known_people', 'logs.goals', 'logs.sessions'];
    expect((await readdir(directory)).sort()).toEqual(
      [...once, ...each].sort().map((name) => `${name}.jsonl`),
    );
    expect(await read('logs.sessions')).toEqual(seen.logs['sessions']);
    expect(await read('logs.goals')).toEqual([]);
    expect(await read('feeds.sessions')).toEqual(seen.feeds['sessions']);
    expect(await read('readModels')).toEqual(seen.readModels);
    expect(await read('places')).toEqual([seen.places]);
    expect(await read('failed')).toEqual(seen.failed);
  } finally {
    await rm(directory, { recursive: true });
  }
});
