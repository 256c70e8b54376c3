import type { Participant } from '../as-of/view.js';
import { countsBeside, divided, isWithin, ratioOf, type Definition } from './measure.js';

/**
 * Of people whose latest invitation's deadline has passed, those activated by it; declined and late count as not.
 * Beside it `activatedSoFar`: all activated ÷ all invited, provisional while invitations are open.
 */
export const activationRate: Definition = {
  id: 'activation-rate',
  source: 'system',
  looksAt: 'period',
  overTime: 'states',
  counts: 'people',
  shares(view, period) {
    const people = Map.groupBy(view.participants, (participant) => participant.personId);
    return [...people.values()].flatMap((participations) => {
      const latest = latestInvited(participations);
      const invitation = latest?.enrollment.invitations.at(-1);
      if (!latest || !invitation) return [];
      const { personId, enrollment } = latest;
      const isJudged = isWithin(invitation.deadline, period, view);
      const inTime = (enrollment.activatedAt ?? Infinity) <= invitation.deadline;
      const isInvited = participations.some((each) => invitedWithin(each));
      const isActivated = participations.some(
        (each) => invitedWithin(each) && each.enrollment.activatedAt !== undefined,
      );
      return [
        {
          personId,
          enrollmentId: enrollment.enrollmentId,
          numerator: isJudged && inTime ? 1 : 0,
          denominator: isJudged ? 1 : 0,
          beside: { invited: isInvited ? 1 : 0, activated: isActivated ? 1 : 0 },
        },
      ];
    });

    function invitedWithin({ enrollment }: Participant): boolean {
      return enrollment.invitations.some((invitation) => isWithin(invitation.sentAt, period, view));
    }
  },
  value: ratioOf,
  beside(shares) {
    const { activated = 0, invited = 0 } = countsBeside('activated', 'invited')(shares);
    return {
      activatedSoFar: {
        value: divided(activated, invited),
        numerator: activated,
        denominator: invited,
        provisional: true,
      },
    };
  },
};

/** Of one person's enrolments, the one that was invited last. */
const latestInvited = (participations: readonly Participant[]): Participant | undefined =>
  participations.reduce<Participant | undefined>(
    (latest, each) =>
      (each.enrollment.invitations.at(-1)?.sentAt ?? -Infinity) >
      (latest?.enrollment.invitations.at(-1)?.sentAt ?? -Infinity)
        ? each
        : latest,
    undefined,
  );
