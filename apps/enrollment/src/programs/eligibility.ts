import { levels } from '../people/import/mapping.js';
import { asRead } from '../people/import/names.js';

/**
 * Eligibility rules over what Cairn knows of a person. Every rule of a programme must hold; a rule holds when any of its
 * conditions does. A fact that is not known (or withheld) satisfies no condition but `absent`.
 */
export interface EligibilityRule {
  /** Kebab-case; appears in the dry run and in EligibilityEvaluated. */
  readonly code: string;
  readonly any: readonly Condition[];
}

export const COMPARISONS = [
  'equal',
  'not-equal',
  'one-of',
  'at-least',
  'at-most',
  'present',
  'absent',
] as const;

export interface Condition {
  readonly attribute: Attribute;
  readonly is: (typeof COMPARISONS)[number];
  readonly value?: string | number | boolean | readonly (string | number)[];
}

/**
 * Attributes and their types. Those that begin with `baseline` are the columns of the manager baseline. What one person
 * answered in a survey, or how they were rated, is none: a rule's dry run and its events would tell.
 */
export const ATTRIBUTES = {
  level: 'text',
  department: 'text',
  position: 'text',
  location: 'text',
  peopleManager: 'flag',
  /** Active direct reports on the day. */
  teamSize: 'number',
  /** Whole months since the start. */
  tenureMonths: 'number',
  onLeave: 'flag',
  /** The names of the groups that a client of SCIM has put the person in: a condition asks whether it holds for one of them. */
  group: 'text',
  baselineTeamSize: 'number',
  baselineLeft: 'number',
  baselineLeftVoluntarily: 'number',
  /** Withheld (unknown here) without a lot of five people's answers. */
  baselineTeamEngagement: 'number',
  baselineBelowStandard: 'number',
} as const;

export type Attribute = keyof typeof ATTRIBUTES;

/** Of an attribute that takes only some values, those. */
const VALUES: { readonly [A in Attribute]?: readonly string[] } = { level: levels };

type Value = string | number | boolean | readonly string[] | null | undefined;
export type Attributes = { readonly [A in Attribute]?: Value };

export interface RuleOutcome {
  readonly code: string;
  readonly holds: boolean;
  /** In plain English: what was asked of which value, for each condition. */
  readonly why: readonly string[];
}

export interface Eligibility {
  readonly eligible: boolean;
  readonly rules: readonly RuleOutcome[];
}

/** Judges one person. A programme without rules has everybody eligible. */
export function evaluateEligibility(rules: readonly EligibilityRule[], person: Attributes): Eligibility {
  const outcomes = rules.map((rule) => ({
    code: rule.code,
    holds: rule.any.some((condition) => holds(condition, person[condition.attribute])),
    why: rule.any.map((condition) => explain(condition, person[condition.attribute])),
  }));
  return { eligible: outcomes.every((outcome) => outcome.holds), rules: outcomes };
}

function holds(condition: Condition, actual: Value): boolean {
  const { attribute, is, value } = condition;
  if (!(attribute in ATTRIBUTES)) return false; // of rules from a time when there was more to ask for
  if (isUnknown(actual)) return is === 'absent';
  if (isList(actual)) {
    const one = (each: string) => holds(condition, each);
    return is === 'not-equal' ? actual.every(one) : actual.some(one);
  }
  switch (is) {
    case 'present':
      return true;
    case 'absent':
      return false;
    case 'equal':
      return readAlike(actual, value);
    case 'not-equal':
      return !readAlike(actual, value);
    case 'one-of':
      return Array.isArray(value) && value.some((each) => readAlike(actual, each));
    case 'at-least':
      return typeof actual === 'number' && typeof value === 'number' && actual >= value;
    case 'at-most':
      return typeof actual === 'number' && typeof value === 'number' && actual <= value;
  }
}

/** Texts are compared as people read them. */
const readAlike = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && typeof other === 'string' ? asRead(one) === asRead(other) : one === other;

const isList = (actual: Value): actual is readonly string[] => Array.isArray(actual);
const isUnknown = (actual: Value): actual is null | undefined =>
  actual === null || actual === undefined || (isList(actual) && actual.length === 0);

const words = {
  equal: 'is',
  'not-equal': 'is not',
  'one-of': 'is one of',
  'at-least': 'is at least',
  'at-most': 'is at most',
};

/** What is left of an explanation for whoever may not see the figures of teams: "… is at least 3: holds". */
export const withoutFigures = (why: string): string =>
  why.startsWith('baseline') ? why.slice(0, why.lastIndexOf(' (')) : why;

function explain(condition: Condition, actual: Value): string {
  const verdict = holds(condition, actual) ? 'holds' : 'does not hold';
  if (!(condition.attribute in ATTRIBUTES))
    return `${condition.attribute} cannot be asked for any more: does not hold; define the rules anew`;
  const known = isUnknown(actual) ? 'not known' : [actual].flat().join(', ');
  if (condition.is === 'present' || condition.is === 'absent')
    return `${condition.attribute} is ${condition.is}: ${verdict} (${known})`;
  const wanted = Array.isArray(condition.value) ? condition.value.join(', ') : String(condition.value);
  return `${condition.attribute} ${words[condition.is]} ${wanted}: ${verdict} (${known})`;
}

/** What is wrong with a set of rules, as JSON pointers below `/rules`; empty when it can be used. */
export function rulesAtFault(rules: readonly EligibilityRule[]): { pointer: string; detail: string }[] {
  const faults: { pointer: string; detail: string }[] = [];
  const codes = new Set<string>();
  rules.forEach((rule, r) => {
    if (codes.has(rule.code))
      faults.push({ pointer: `/rules/${r}/code`, detail: `"${rule.code}" is used twice` });
    codes.add(rule.code);
    rule.any.forEach((condition, c) => {
      const pointer = `/rules/${r}/any/${c}`;
      const type = ATTRIBUTES[condition.attribute];
      if (type === undefined) {
        const allowed = Object.keys(ATTRIBUTES).join(', ');
        faults.push({ pointer: `${pointer}/attribute`, detail: `must be one of: ${allowed}` });
        return;
      }
      const fault = valueFault(condition, type) ?? unlistedValue(condition);
      if (fault !== null) faults.push({ pointer: `${pointer}/value`, detail: fault });
    });
  });
  return faults;
}

function unlistedValue({ attribute, value }: Condition): string | null {
  const allowed = VALUES[attribute];
  const unlisted = [value].flat().some((one) => one !== undefined && !allowed?.includes(one as string));
  return allowed && unlisted ? `must be one of: ${allowed.join(', ')}` : null;
}

function valueFault({ is, value }: Condition, type: (typeof ATTRIBUTES)[Attribute]): string | null {
  const scalar = { text: 'string', number: 'number', flag: 'boolean' }[type];
  if (is === 'present' || is === 'absent') return value === undefined ? null : 'must be left out here';
  if (is === 'one-of') {
    const fits = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === scalar);
    return fits ? null : `must be a list of at least one ${scalar}`;
  }
  if ((is === 'at-least' || is === 'at-most') && type !== 'number')
    return `"${is}" needs an attribute that is a number`;
  return typeof value === scalar ? null : `must be a ${scalar}`;
}
