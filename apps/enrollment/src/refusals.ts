import type { Refusal } from '@cairn/decider';

/**
 * What enrolments, coaches, matches and assessments refuse alike.
 * @param slug of what a state does not allow
 * @param waysOn from a state, whatever was asked for
 */
export const refusalsOf = (
  thing: 'enrolment' | 'coach' | 'match' | 'assessment',
  slug: string,
  waysOn: Readonly<Record<string, string>> = {},
) => ({
  noSuch: (): Refusal => ({ kind: 'not-found', slug: 'not-found', detail: `There is no such ${thing}.` }),
  notInState: (action: string, state: string): Refusal => ({
    kind: 'conflict',
    slug,
    detail: [`The ${thing} is ${state} and cannot be ${action}.`, waysOn[state]].filter(Boolean).join(' '),
    extra: { state },
  }),
  /** It is so already, and was told otherwise: that stays, and what is said anew is not dropped in silence. */
  toldOtherwise: (state: string, fix = '', what = 'for another reason, which stays'): Refusal => ({
    kind: 'conflict',
    slug,
    detail: `The ${thing} is ${state} already, ${what}.${fix && ` ${fix}`}`,
    extra: { state },
  }),
  outOfOrder: (at: string, last: string): Refusal => ({
    kind: 'conflict',
    slug: 'out-of-order',
    detail: `This happened at ${at}, but the ${thing} already holds a fact of ${last}. Give the facts of one ${thing} in the order in which they happened.`,
    extra: { lastOccurredAt: last },
  }),
});
