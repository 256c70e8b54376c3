import type { Refusal } from './index.js';

/**
 * What every kind of thing refuses alike.
 * @param thing what it is called, as in "enrolment"
 * @param slug of what a state does not allow
 * @param waysOn from a state, whatever was asked for
 */
export function refusalsOf(thing: string, slug: string, waysOn: Readonly<Record<string, string>>) {
  const stands = (state: string, said: string, wayOn = waysOn[state]): Refusal => ({
    kind: 'conflict',
    slug,
    detail: [`The ${thing} is ${state} ${said}.`, wayOn].filter(Boolean).join(' '),
    extra: { state },
  });
  return {
    noSuch: (): Refusal => ({ kind: 'not-found', slug: 'not-found', detail: `There is no such ${thing}.` }),
    notInState: (action: string, state: string): Refusal => stands(state, `and cannot be ${action}`),
    /** It is so already, and was told otherwise: that stays, and what is said anew is not dropped in silence. */
    toldOtherwise: (state: string, wayOn?: string, what = 'for another reason, which stays'): Refusal =>
      stands(state, `already, ${what}`, wayOn),
    outOfOrder: (at: string, last: string): Refusal => ({
      kind: 'conflict',
      slug: 'out-of-order',
      detail: `This happened at ${at}, but the ${thing} already holds a fact of ${last}. Give the facts of one ${thing} in the order in which they happened.`,
      extra: { lastOccurredAt: last },
    }),
  };
}
