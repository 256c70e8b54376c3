import type { Answer, CommandContext } from '@cairn/http';
import type { Keep, Transaction } from './transact.js';

/** Keeps a command's answer with its key, in the transaction of its effect; that is what is answered. */
export const keeping =
  <Done>(
    context: CommandContext,
    answerOf: (done: Done, tx: Transaction) => Answer | Promise<Answer>,
  ): Keep<Done> =>
  async (tx, done) =>
    context.complete(tx.client, await answerOf(done, tx));
