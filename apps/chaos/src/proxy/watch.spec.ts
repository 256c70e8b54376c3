import { describe, expect, it } from '@jest/globals';
import { watchHttp, watchKafka } from './watch.js';

/** A request of Kafka's protocol: length, api, version, correlation id, client id, and the rest as text. */
function request(api: number, correlation: number, client: string, rest: string): Buffer {
  const header = Buffer.alloc(10);
  header.writeInt16BE(api, 0);
  header.writeInt32BE(correlation, 4);
  header.writeInt16BE(client.length, 8);
  return framed(Buffer.concat([header, Buffer.from(client + rest)]));
}

function answer(correlation: number, rest: string): Buffer {
  const header = Buffer.alloc(4);
  header.writeInt32BE(correlation);
  return framed(Buffer.concat([header, Buffer.from(rest)]));
}

function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const PRODUCE = 0;
const FETCH = 1;
const events = (correlation: number) => request(PRODUCE, correlation, 'cairn-goals', 'cairn.goals.v1');

describe('what is watched on a connection to Kafka', () => {
  it('is whose it is', () => {
    const watch = watchKafka();
    expect(watch.client).toBeUndefined();
    watch.asked(request(FETCH, 1, 'cairn-goals', ''), undefined);
    expect(watch.client).toBe('goals');
  });

  it('is a request to publish events, not watermarks, nor what is read, nor what nobody wants lost', () => {
    expect(watchKafka().asked(events(1), 'publish')).toBe(true);
    expect(watchKafka().asked(events(1), undefined)).toBe(false);
    expect(watchKafka().asked(request(PRODUCE, 1, 'cairn-goals', 'cairn.watermarks.v1'), 'publish')).toBe(
      false,
    );
    expect(watchKafka().asked(request(FETCH, 1, 'cairn-goals', 'cairn.goals.v1'), 'publish')).toBe(false);
  });

  it('is done with the whole answer to that very request, in however many pieces both come', () => {
    const watch = watchKafka();
    const asked = events(7);
    expect(watch.asked(asked.subarray(0, 9), 'publish')).toBe(false);
    expect(watch.asked(asked.subarray(9), 'publish')).toBe(true);
    expect(watch.answered(answer(6, 'of another'))).toBe('more');
    const given = answer(7, 'offsets');
    expect(watch.answered(given.subarray(0, 10))).toBe('more');
    expect(watch.answered(given.subarray(10))).toBe('done');
    expect(watch.answered(answer(8, ''))).toBe('give');
  });
});

describe('what is watched of HTTP', () => {
  it('is a command, not a question', () => {
    const watch = watchHttp('goals');
    expect(watch.asked(Buffer.from('POST /goals/v1/…'), 'command')).toBe(true);
    expect(watch.asked(Buffer.from('GET /goals/v1/…'), 'command')).toBe(false);
    expect(watch.asked(Buffer.from('POST /goals/v1/…'), undefined)).toBe(false);
  });
});
