import { expect, it } from '@jest/globals';
import { TransientFault } from './faults.js';
import { within } from './waiting.js';

it('is waited for as long as it may take, and for what never comes no longer', async () => {
  await expect(within(60_000, Promise.resolve(7))).resolves.toBe(7);
  await expect(within(60_000, Promise.reject(new Error('itself')))).rejects.toThrow('itself');
  await expect(within(5, new Promise(() => undefined))).rejects.toThrow(TransientFault);
});
