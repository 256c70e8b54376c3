import { expect, it } from '@jest/globals';
import { TransientFault } from './faults.js';
import { within } from './waiting.js';

it('is waited for as long as it may take, and for what never comes no longer', async () => {
  await expect(within(60_000, 'Kafka', Promise.resolve(7))).resolves.toBe(7);
  await expect(within(60_000, 'Kafka', Promise.reject(new Error('itself')))).rejects.toThrow('itself');
  const never = within(5, 'Kafka', new Promise(() => undefined));
  await expect(never).rejects.toThrow(new TransientFault('Kafka does not answer: nothing within 0.005 s'));
});
