import { accept, refuse, type Decider, type Decision } from '@cairn/decider';
import { same } from '../same.js';
import type { CoachCommand } from './coach.commands.js';
import * as errors from './coach.errors.js';
import type { CoachEvent, ToldProfile } from './coach.events.js';

export type CoachState =
  | { readonly status: 'none' }
  | {
      /** The vetting steps between `applied` and `approved`, and retirement, have no commands yet. */
      readonly status: 'applied' | 'approved' | 'suspended';
      readonly coachId: string;
      readonly personId: string | null;
      readonly capacity: number;
      readonly profile: ToldProfile;
      readonly lastOccurredAt: string;
      /** Why the latest suspension. */
      readonly suspendedFor: string | null;
      /** Identified while suspended: that is told outside with the reinstatement. */
      readonly identityUntold?: true;
    };

const initialState: CoachState = { status: 'none' };

function evolve(state: CoachState, event: CoachEvent): CoachState {
  const lastOccurredAt = event.occurredAt;
  if (event.type === 'CoachAdded') {
    const { coachId, personId, capacity, profile } = event.data;
    return { status: 'applied', coachId, personId, capacity, profile, lastOccurredAt, suspendedFor: null };
  }
  if (state.status === 'none') return state;
  const next = { ...state, lastOccurredAt };
  switch (event.type) {
    case 'CoachProfileChanged':
      return { ...next, profile: event.data.profile };
    case 'CoachIdentified': {
      const untold = state.status === 'suspended' ? { identityUntold: true as const } : {};
      return { ...next, ...untold, personId: event.data.personId };
    }
    case 'CoachApproved':
    case 'CoachReinstated': {
      const { identityUntold: _, ...told } = next;
      return { ...told, status: 'approved' };
    }
    case 'CoachSuspended':
      return { ...next, status: 'suspended', suspendedFor: event.data.reason };
    case 'CoachCapacityChanged':
      return { ...next, capacity: event.data.capacity };
    default:
      return state;
  }
}

function decide(command: CoachCommand, state: CoachState): Decision<CoachEvent> {
  const occurredAt = command.at;
  if (command.kind === 'add') {
    if (state.status !== 'none') return accept();
    const { coachId, personId, capacity, profile } = command;
    return accept({ type: 'CoachAdded', occurredAt, data: { coachId, personId, capacity, profile } });
  }
  if (state.status === 'none') return refuse(errors.noSuchCoach());
  if (occurredAt < state.lastOccurredAt) return refuse(errors.outOfOrder(occurredAt, state.lastOccurredAt));
  const { coachId, personId, capacity, profile, status } = state;
  const approved = (as: string | null): CoachEvent => ({
    type: 'CoachApproved',
    occurredAt,
    data: { coachId, personId: as, capacity, profile },
  });
  switch (command.kind) {
    case 'change-profile':
      if (same(command.profile, profile)) return accept();
      return accept({ type: 'CoachProfileChanged', occurredAt, data: { coachId, profile: command.profile } });
    case 'identify': {
      if (command.personId === personId) return accept();
      if (personId !== null) return refuse(errors.toldOtherwise('identified', '', 'as another employee'));
      const data = { coachId, personId: command.personId };
      const identified = { type: 'CoachIdentified', occurredAt, data } as const;
      return status === 'approved' ? accept(identified, approved(command.personId)) : accept(identified);
    }
    case 'approve':
      if (status === 'approved') return accept();
      if (status !== 'applied') return refuse(errors.notInState('approved', status));
      return accept(approved(personId));
    case 'suspend':
      if (status === 'suspended')
        return command.reason === state.suspendedFor
          ? accept()
          : refuse(errors.toldOtherwise('suspended', 'Reinstate first to suspend anew.'));
      if (status !== 'approved') return refuse(errors.notInState('suspended', status));
      return accept({ type: 'CoachSuspended', occurredAt, data: { coachId, reason: command.reason } });
    case 'reinstate':
      if (status === 'approved') return accept();
      if (status !== 'suspended') return refuse(errors.notInState('reinstated', status));
      return accept(
        { type: 'CoachReinstated', occurredAt, data: { coachId } },
        ...(state.identityUntold ? [approved(personId)] : []),
      );
    case 'change-capacity':
      if (command.capacity === capacity) return accept();
      return accept({
        type: 'CoachCapacityChanged',
        occurredAt,
        data: { coachId, capacity: command.capacity },
      });
  }
}

/** A coach: added, approved, and for a time suspended. */
export const coachDecider: Decider<CoachState, CoachCommand, CoachEvent> = { initialState, evolve, decide };
