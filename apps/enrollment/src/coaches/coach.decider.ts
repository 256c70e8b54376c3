import { accept, fold, refuse, type Decider, type Decision } from '@cairn/decider';
import { same } from '../same.js';
import type { CoachCommand } from './coach.commands.js';
import * as errors from './coach.errors.js';
import type { CoachEvent, ToldProfile } from './coach.events.js';
import type { CoachStatus, Credential, ReassessmentOutcome } from './coach.js';

export type CoachState =
  | { readonly status: 'none' }
  | {
      readonly status: CoachStatus;
      readonly coachId: string;
      readonly personId: string | null;
      readonly capacity: number;
      readonly profile: ToldProfile;
      readonly lastOccurredAt: string;
      /** Why the latest suspension. */
      readonly suspendedFor: string | null;
      readonly retiredFor?: string;
      /** Identified while suspended: that is told outside with the reinstatement. */
      readonly identityUntold?: true;
      /** In the order in which they were first recorded. */
      readonly credentials?: readonly Credential[];
      /** The latest reassessment. */
      readonly reassessed?: { readonly outcome: ReassessmentOutcome; readonly at: string };
    };
type KnownCoach = Exclude<CoachState, { status: 'none' }>;

/** Whether a coach had credentials, and by that time the last of them was over: no new matches until one is recorded anew. */
export const isLapsed = ({ credentials = [] }: Pick<KnownCoach, 'credentials'>, at: string): boolean =>
  credentials.length > 0 && credentials.every((one) => isOver(one, at));

/** Whether its last day was over by that time, told yet or not. */
export const isOver = ({ expiresAt }: Credential, at: string): boolean =>
  expiresAt !== null && expiresAt <= at;

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
    case 'CoachScreened':
      return { ...next, status: 'screened' };
    case 'CoachInterviewed':
      return { ...next, status: 'interviewed' };
    case 'CoachRetired':
      return { ...next, status: 'retired', retiredFor: event.data.reason };
    case 'CredentialRecorded': {
      const { credential, issuer, expiresOn = null, expiresAt = null } = event.data;
      const recorded = { credential, issuer, expiresOn, expiresAt, expired: false };
      const others = (state.credentials ?? []).filter((one) => !isSame(one, recorded));
      return { ...next, credentials: [...others, recorded] };
    }
    case 'CredentialExpired': {
      const credentials = state.credentials ?? [];
      const { data } = event;
      return {
        ...next,
        credentials: credentials.map((one) => (isSame(one, data) ? { ...one, expired: true } : one)),
      };
    }
    case 'CoachReassessed':
      return { ...next, reassessed: { outcome: event.data.outcome, at: event.occurredAt } };
    default:
      return state;
  }
}

type Held = Pick<Credential, 'credential' | 'issuer'>;
const isSame = (one: Held, other: Held): boolean =>
  one.credential === other.credential && one.issuer === other.issuer;

function decide(command: CoachCommand, state: CoachState): Decision<CoachEvent> {
  const occurredAt = command.at;
  if (command.kind === 'add') {
    if (state.status !== 'none') return accept();
    const { coachId, personId, capacity, profile } = command;
    return accept({ type: 'CoachAdded', occurredAt, data: { coachId, personId, capacity, profile } });
  }
  if (state.status === 'none') return refuse(errors.noSuchCoach());
  if (occurredAt < state.lastOccurredAt) return refuse(errors.outOfOrder(occurredAt, state.lastOccurredAt));
  const settled = settle(state, occurredAt);
  const decision = judge(command, fold(coachDecider, settled, state) as KnownCoach);
  return decision.ok ? accept(...settled, ...decision.events) : decision;
}

/** What has expired by that time and is not told yet. */
const settle = ({ coachId, credentials = [], lastOccurredAt }: KnownCoach, at: string): CoachEvent[] =>
  credentials
    .filter((one) => !one.expired && isOver(one, at))
    .sort((a, b) => (a.expiresAt! < b.expiresAt! ? -1 : 1))
    .map(({ credential, issuer, expiresOn, expiresAt }) => ({
      type: 'CredentialExpired',
      occurredAt: expiresAt! > lastOccurredAt ? expiresAt! : lastOccurredAt,
      data: { coachId, credential, issuer, on: expiresOn! },
    }));

function judge(command: Exclude<CoachCommand, { kind: 'add' }>, state: KnownCoach): Decision<CoachEvent> {
  const occurredAt = command.at;
  const { coachId, personId, capacity, profile, status } = state;
  const approved = (as: string | null): CoachEvent => ({
    type: 'CoachApproved',
    occurredAt,
    data: { coachId, personId: as, capacity, profile },
  });
  switch (command.kind) {
    case 'screen':
      if (status === 'screened') return accept();
      if (status !== 'applied') return refuse(errors.notInState('screened', status));
      return accept({ type: 'CoachScreened', occurredAt, data: { coachId } });
    case 'interview':
      if (status === 'interviewed') return accept();
      if (status !== 'screened') return refuse(errors.notInState('interviewed', status));
      return accept({ type: 'CoachInterviewed', occurredAt, data: { coachId } });
    case 'change-profile':
      if (same(command.profile, profile)) return accept();
      return accept({ type: 'CoachProfileChanged', occurredAt, data: { coachId, profile: command.profile } });
    case 'identify': {
      if (command.personId === personId) return accept();
      if (personId !== null)
        return refuse(errors.toldOtherwise('identified', errors.ANOTHER_ONE, 'as another employee'));
      const data = { coachId, personId: command.personId };
      const identified = { type: 'CoachIdentified', occurredAt, data } as const;
      return status === 'approved' ? accept(identified, approved(command.personId)) : accept(identified);
    }
    case 'approve':
      if (status === 'approved') return accept();
      // Whoever was vetted elsewhere is approved on HR's word, at any step.
      if (status === 'suspended' || status === 'retired')
        return refuse(errors.notInState('approved', status));
      return accept(approved(personId));
    case 'suspend':
      if (status === 'suspended')
        return command.reason === state.suspendedFor ? accept() : refuse(errors.toldOtherwise(status));
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
    case 'retire':
      if (status === 'retired')
        return command.reason === state.retiredFor ? accept() : refuse(errors.toldOtherwise(status));
      if (status !== 'approved' && status !== 'suspended')
        return refuse(errors.notInState('retired', status));
      return accept({ type: 'CoachRetired', occurredAt, data: { coachId, reason: command.reason } });
    case 'record-credential': {
      const { credential, issuer, expires } = command;
      const known = state.credentials?.find((one) => isSame(one, command));
      if (known !== undefined && known.expiresOn === (expires?.on ?? null)) return accept();
      const held = { coachId, credential, issuer };
      const recorded: CoachEvent = {
        type: 'CredentialRecorded',
        occurredAt,
        data: { ...held, ...(expires && { expiresOn: expires.on, expiresAt: expires.at }) },
      };
      if (expires === null || expires.at > occurredAt) return accept(recorded);
      return accept<CoachEvent>(recorded, {
        type: 'CredentialExpired',
        occurredAt,
        data: { ...held, on: expires.on },
      });
    }
    case 'expire-credentials':
      return accept();
    case 'reassess': {
      const { outcome, cause } = command;
      if (same(state.reassessed, { outcome, at: occurredAt })) return accept();
      if (status !== 'approved' && status !== 'suspended')
        return refuse(errors.notInState('reassessed', status));
      const reassessed: CoachEvent = {
        type: 'CoachReassessed',
        occurredAt,
        data: { coachId, outcome, cause },
      };
      if (outcome !== 'suspended' || status === 'suspended') return accept(reassessed);
      return accept<CoachEvent>(reassessed, {
        type: 'CoachSuspended',
        occurredAt,
        data: { coachId, reason: 'reassessment' },
      });
    }
  }
}

/** A coach: vetted, approved, reassessed, for a time suspended, and in the end retired. */
export const coachDecider: Decider<CoachState, CoachCommand, CoachEvent> = { initialState, evolve, decide };
