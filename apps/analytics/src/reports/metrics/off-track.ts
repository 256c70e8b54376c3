import type { EnrollmentAt } from '../as-of/enrollment-at.js';
import type { Participant, ProgramView } from '../as-of/view.js';
import { ratioOf, shareOf, type Definition } from './measure.js';
import { signalsOf } from './signals.js';

/** Not at an end, and its clock runs: what signals are looked for in. */
export const isOpenEnrollment = ({ status }: EnrollmentAt): boolean =>
  status === 'invited' || status === 'expired' || status === 'active';

/** Of people invited or active, those with at least one signal. */
export const offTrack: Definition = {
  id: 'off-track',
  source: 'system',
  looksAt: 'moment',
  overTime: 'fresh',
  counts: 'people',
  shares: (view: ProgramView) =>
    view.participants
      .filter(({ enrollment }) => isOpenEnrollment(enrollment))
      .map((participant: Participant) =>
        shareOf(participant.enrollment, signalsOf(participant, view).length > 0),
      ),
  value: ratioOf,
};
