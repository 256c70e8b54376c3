import { inHalves } from '@cairn/contracts';
import { accept, refuse, type Decider, type Decision } from '@cairn/decider';
import { ENOUGH } from './batch.js';
import type { PulseCommand } from './pulse.commands.js';
import { noSuchPulse } from './pulse.errors.js';
import type { PulseEvent, PulseRefs } from './pulse.events.js';

export type PulseState =
  | { readonly status: 'none' }
  | {
      readonly status: 'requested';
      readonly refs: PulseRefs;
      readonly theme: string;
      readonly dueOn: string;
      readonly raters: number;
      readonly released: boolean;
      readonly lastOccurredAt: string;
    };

const initialState: PulseState = { status: 'none' };

function evolve(state: PulseState, event: PulseEvent): PulseState {
  if (event.type === 'PulseRequested') {
    const { theme, dueOn, raters, ...refs } = event.data;
    const released = state.status === 'requested' && state.released;
    return { status: 'requested', refs, theme, dueOn, raters, released, lastOccurredAt: event.occurredAt };
  }
  return state.status === 'none' ? state : { ...state, released: true, lastOccurredAt: event.occurredAt };
}

function decide(command: PulseCommand, state: PulseState): Decision<PulseEvent> {
  if (command.kind === 'request') return request(command, state);
  if (state.status === 'none') return refuse(noSuchPulse());
  const { theme, item, answers } = command;
  if (answers.length < ENOUGH) return accept();
  const sum = answers.reduce((total, answer) => total + answer, 0);
  const mean = inHalves(sum / answers.length);
  const data = { ...state.refs, theme, item, raters: answers.length, mean };
  return accept({ type: 'PulsesReleased', occurredAt: later(command.at, state.lastOccurredAt), data });
}

function request(
  { at, refs, theme, dueOn, today, raters }: Extract<PulseCommand, { kind: 'request' }>,
  state: PulseState,
): Decision<PulseEvent> {
  if (state.status === 'none') {
    // Of fewer nothing could ever be shown, and on a day that is over nobody can answer.
    if (raters < ENOUGH || dueOn < today) return accept();
    return accept({ type: 'PulseRequested', occurredAt: at, data: { ...refs, theme, dueOn, raters } });
  }
  // It follows its goal's theme whether or not somebody has answered: from one that stays could be seen who has.
  const about = state.released || dueOn < today ? state.theme : theme;
  if (state.dueOn === dueOn && state.theme === about) return accept();
  return accept({
    type: 'PulseRequested',
    occurredAt: later(at, state.lastOccurredAt),
    data: { ...state.refs, theme: about, dueOn, raters: state.raters },
  });
}

/** What is told by others' events and links is not told in the order of the stream. */
const later = (at: string, last: string): string => (at > last ? at : last);

/** A pulse: asked about one goal before one session; what is released of it names no rater. */
export const pulseDecider: Decider<PulseState, PulseCommand, PulseEvent> = { initialState, evolve, decide };
