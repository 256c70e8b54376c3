import { accept, refuse, type Decider, type Decision } from '@cairn/decider';
import { asRead } from '../people/import/names.js';
import { same } from '../same.js';
import { dayIn } from './calendar.js';
import { rulesAtFault, type EligibilityRule } from './eligibility.js';
import type { ProgramCommand } from './program.commands.js';
import * as errors from './program.errors.js';
import type { ProgramEvent, ProgramValues } from './program.events.js';
import { triggersAtFault, type Trigger } from './triggers.js';
import { newIn, type ProgramChange } from './values-on.js';

export interface Cohort {
  readonly cohortId: string;
  readonly name: string;
  readonly opensOn: string;
  readonly closedOn: string | null;
}

export type ProgramState =
  | { readonly status: 'none' }
  | {
      readonly status: 'created';
      readonly programId: string;
      readonly created: ProgramValues;
      /** In the order told; `valuesOn` says what is in force on a day. */
      readonly changes: readonly ProgramChange[];
      /** As last told, also what is in force only later. */
      readonly values: ProgramValues;
      readonly rules: { readonly version: number; readonly list: readonly EligibilityRule[] };
      readonly cohorts: readonly Cohort[];
      /** Absent until there are some. */
      readonly triggers?: readonly Trigger[];
    };

const initialState: ProgramState = { status: 'none' };

function evolve(state: ProgramState, event: ProgramEvent): ProgramState {
  if (event.type === 'ProgramCreated') {
    const { programId, ...values } = event.data;
    const empty = { changes: [], rules: { version: 0, list: [] }, cohorts: [] };
    return { status: 'created', programId, created: values, values, ...empty };
  }
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'ProgramChanged': {
      const { effectiveOn, changes } = event.data;
      const told = [...state.changes, { effectiveOn, changes }];
      return { ...state, changes: told, values: { ...state.values, ...changes } };
    }
    case 'EligibilityRulesDefined':
      return { ...state, rules: { version: event.data.version, list: event.data.rules } };
    case 'TriggersDefined':
      return { ...state, triggers: event.data.triggers };
    case 'CohortOpened': {
      const { cohortId, name, opensOn } = event.data;
      return { ...state, cohorts: [...state.cohorts, { cohortId, name, opensOn, closedOn: null }] };
    }
    case 'CohortClosed': {
      const { cohortId, closedOn } = event.data;
      const cohorts = state.cohorts.map((cohort) =>
        cohort.cohortId === cohortId ? { ...cohort, closedOn } : cohort,
      );
      return { ...state, cohorts };
    }
    default:
      return state;
  }
}

function decide(command: ProgramCommand, state: ProgramState): Decision<ProgramEvent> {
  if (command.kind === 'create') {
    if (state.status !== 'none') return accept();
    if (command.values.endsOn <= command.values.startsOn) return refuse(errors.endsBeforeItStarts('/endsOn'));
    if (command.values.minimumGroup < 3) return refuse(errors.minimumGroupTooSmall());
    const data = { programId: command.programId, ...command.values };
    return accept({ type: 'ProgramCreated', occurredAt: command.at, data });
  }
  if (state.status === 'none') return refuse(errors.noSuchProgram());
  const { programId } = state;
  switch (command.kind) {
    case 'change':
      return change(command, state);
    case 'define-rules': {
      const faults = rulesAtFault(command.rules);
      if (faults.length > 0) return refuse(errors.rulesUnusable(faults));
      if (same(command.rules, state.rules.list)) return accept();
      const data = { programId, version: state.rules.version + 1, rules: command.rules };
      return accept({ type: 'EligibilityRulesDefined', occurredAt: command.at, data });
    }
    case 'define-triggers': {
      const { triggers } = command;
      if (same(triggers, state.triggers ?? [])) return accept();
      const faults = triggersAtFault(triggers, state.cohorts);
      if (faults.length > 0) return refuse(errors.triggersUnusable(faults));
      return accept({ type: 'TriggersDefined', occurredAt: command.at, data: { programId, triggers } });
    }
    case 'open-cohort': {
      if (state.cohorts.some((cohort) => cohort.cohortId === command.cohortId)) return accept();
      const alike = state.cohorts.find(({ name }) => asRead(name) === asRead(command.name));
      if (alike !== undefined) return refuse(errors.cohortNameTaken(alike.name));
      const { cohortId, name, opensOn } = command;
      if (opensOn > state.values.endsOn) return refuse(errors.opensAfterTheEnd(state.values.endsOn));
      return accept({
        type: 'CohortOpened',
        occurredAt: command.at,
        data: { programId, cohortId, name, opensOn },
      });
    }
    case 'close-cohort': {
      const cohort = state.cohorts.find((one) => one.cohortId === command.cohortId);
      if (cohort === undefined) return refuse(errors.noSuchCohort());
      if (cohort.closedOn !== null) return accept();
      const { cohortId, closedOn } = command;
      return accept({
        type: 'CohortClosed',
        occurredAt: command.at,
        data: { programId, cohortId, closedOn },
      });
    }
  }
}

/** They act by themselves, on places and on who sees what, and not only when the next command asks for them. */
const AT_ONCE = ['capacity', 'managersSeeParticipation'] as const;

function change(
  command: Extract<ProgramCommand, { kind: 'change' }>,
  state: Extract<ProgramState, { status: 'created' }>,
): Decision<ProgramEvent> {
  const { effectiveOn, at } = command;
  const now = state.values;
  const changes = newIn(state, command);
  if (Object.keys(changes).length === 0) return accept();
  if (changes.managersSeeParticipation === true) return refuse(errors.participationOnlyClosed());
  const tooEarly = AT_ONCE.filter((name) => changes[name] !== undefined);
  if (tooEarly.length > 0 && effectiveOn > dayIn(now.zone, at))
    return refuse(errors.onlyOnceTheDayHasCome(tooEarly, effectiveOn));
  if (changes.endsOn !== undefined && changes.endsOn <= now.startsOn)
    return refuse(errors.endsBeforeItStarts('/changes/endsOn'));
  if (changes.minimumGroup !== undefined && changes.minimumGroup < now.minimumGroup)
    return refuse(errors.minimumGroupOnlyRaised(now.minimumGroup));
  if (changes.sessionPolicy !== undefined && changes.sessionPolicy.version <= now.sessionPolicy.version)
    return refuse(errors.policyVersionUsed(now.sessionPolicy.version));
  const data = { programId: state.programId, effectiveOn, changes };
  return accept({ type: 'ProgramChanged', occurredAt: at, data });
}

export const programDecider: Decider<ProgramState, ProgramCommand, ProgramEvent> = {
  initialState,
  evolve,
  decide,
};
