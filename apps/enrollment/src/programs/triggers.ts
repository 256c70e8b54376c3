import type { Refusal } from '@cairn/decider';
import { rulesAtFault, type Condition } from './eligibility.js';

export const TRIGGER_KINDS = ['promoted-to-manager', 'manager-growth', 'baseline-gap'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** What makes a programme propose people to be nominated. */
export type Trigger = { readonly code: string } & (
  | {
      readonly kind: 'promoted-to-manager';
      /** How long after the promotion. */
      readonly withinDays: number;
      /** The cohort into which whoever is promoted is nominated without being asked; null where HR confirms. */
      readonly automaticInto: string | null;
    }
  | {
      readonly kind: 'manager-growth';
      /** Over so many days. */
      readonly withinDays: number;
      /** People managers more than there were, in percent. */
      readonly growthPercent: number;
    }
  /** All of them must hold, of the 12 months up to the day. */
  | { readonly kind: 'baseline-gap'; readonly conditions: readonly Condition[] }
);

/** What is wrong with a set of triggers, as JSON pointers; empty when it can be used. */
export function triggersAtFault(
  triggers: readonly Trigger[],
  cohorts: readonly { readonly cohortId: string; readonly closedOn: string | null }[],
): NonNullable<Refusal['errors']> {
  const faults: { pointer: string; detail: string }[] = [];
  const codes = new Set<string>();
  triggers.forEach((trigger, t) => {
    const at = `/triggers/${t}`;
    if (codes.has(trigger.code))
      faults.push({ pointer: `${at}/code`, detail: `"${trigger.code}" is used twice` });
    codes.add(trigger.code);
    if (trigger.kind === 'promoted-to-manager') {
      const { automaticInto } = trigger;
      const into = cohorts.find(({ cohortId }) => cohortId === automaticInto);
      if (automaticInto !== null && into?.closedOn !== null) {
        const detail = into
          ? 'is closed: name another cohort, or leave `automatic` out'
          : 'must be a cohort of the programme';
        faults.push({ pointer: `${at}/cohortId`, detail });
      }
    }
    if (trigger.kind !== 'baseline-gap') return;
    if (trigger.conditions.length === 0)
      faults.push({ pointer: `${at}/conditions`, detail: 'must have one condition or more' });
    trigger.conditions.forEach((condition, c) => {
      const pointer = `${at}/conditions/${c}`;
      if (!condition.attribute.startsWith('baseline'))
        faults.push({ pointer: `${pointer}/attribute`, detail: 'must be a column of the manager baseline' });
      for (const { pointer: within, detail } of rulesAtFault([{ code: 'x', any: [condition] }]))
        faults.push({ pointer: within.replace('/rules/0/any/0', pointer), detail });
    });
  });
  return faults;
}
