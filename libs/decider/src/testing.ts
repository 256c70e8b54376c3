import { deepStrictEqual, fail, match, strictEqual } from 'node:assert';
import { fold, type Decider } from './index.js';

/**
 * Specs that read as sentences:
 * `given(sessionDecider, scheduled).when(cancel).then(cancelled)` or `.thenRefused('slug')`.
 */
export function given<State, Command, Event>(decider: Decider<State, Command, Event>, ...past: Event[]) {
  return {
    when(command: Command) {
      const state = fold(decider, past);
      const decision = decider.decide(command, state);
      return {
        then(...expected: Event[]): void {
          if (!decision.ok) fail(`refused: ${decision.refusal.slug} (${decision.refusal.detail})`);
          deepStrictEqual(decision.events, expected);
        },
        thenNothing(): void {
          if (!decision.ok) fail(`refused: ${decision.refusal.slug} (${decision.refusal.detail})`);
          deepStrictEqual(decision.events, []);
        },
        thenRefused(slug: string): void {
          if (decision.ok) fail(`accepted with ${JSON.stringify(decision.events)}`);
          strictEqual(decision.refusal.slug, slug);
          // What a state does not allow names a way on.
          if (slug.endsWith('-state')) match(decision.refusal.detail, /\. \w.*\.$/);
        },
        /** A command that is repeated after its own events yields no event. */
        thenRepeatedYieldsNothing(): void {
          if (!decision.ok) fail(`refused: ${decision.refusal.slug}`);
          const again = decider.decide(command, fold(decider, decision.events, state));
          if (!again.ok) fail(`the repeat was refused: ${again.refusal.slug}`);
          deepStrictEqual(again.events, []);
        },
      };
    },
  };
}
