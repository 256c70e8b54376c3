import { expect, it } from '@jest/globals';
import { seal, unseal } from './sealed-answer.js';

const KEY = 'b0c1f6a2-5b0e-4a1b-9d52-0f5a8a7c9e11';
const ID = '0190a1b2-0000-7000-8000-000000000001';
const body = JSON.stringify({ name: 'Åsa Lindqvist', many: 'x'.repeat(10_000) });

it('an answer is read again with the key that it was kept under, and not without', () => {
  const kept = seal(body, KEY, ID);
  expect(unseal(kept, KEY, ID)).toBe(body);
  for (const name of ['Lindqvist', Buffer.from('Lindqvist').toString('base64').slice(0, 8)])
    expect(kept).not.toContain(name);
  expect(kept).not.toBe(seal(body, KEY, ID));
  expect(() => unseal(kept, `${KEY}x`, ID)).toThrow();
  expect(() => unseal(kept, KEY, ID.replace('1', '2'))).toThrow();
  expect(() => unseal(kept.replace(/.{4}$/, 'AAAA'), KEY, ID)).toThrow();
});

it('one that was kept before there were seals is as it was', () => expect(unseal(body, KEY, ID)).toBe(body));
