import type { PulseItem, PulseRefs } from './pulse.events.js';

/** `at` is the instant of the fact. */
export type PulseCommand = { readonly at: string } & (
  | {
      readonly kind: 'request';
      readonly refs: PulseRefs;
      readonly theme: string;
      readonly dueOn: string;
      /** The day of `at` in the engagement's zone. */
      readonly today: string;
      /** How many raters are approved. */
      readonly raters: number;
    }
  | {
      readonly kind: 'release';
      /** Under which it was asked. */
      readonly theme: string;
      readonly item: PulseItem;
      /** One of each rater, in no order. */
      readonly answers: readonly number[];
    }
);
