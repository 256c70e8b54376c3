import { deadlineAfter } from '../programs/calendar.js';
import type { ProgramEntity } from '../programs/program.entity.js';
import type { Transaction } from '../transact.js';
import { EnrollmentEntity } from './enrollment.entity.js';
import { decideInto } from './enrollment.rows.js';

/**
 * Invites who waits longest for as long as places are free, at the time at which a place became free. The programme's row
 * is locked by the caller, so that two places that fall free at once go to two people.
 */
export async function inviteWaiting(tx: Transaction, program: ProgramEntity, at: string): Promise<void> {
  while (program.placesTaken < program.capacity) {
    const next = await tx.manager.findOne(EnrollmentEntity, {
      where: { programId: program.programId, status: 'waitlisted' },
      order: { queue: 'ASC' },
    });
    if (next === null) return;
    // Imported facts may come late: nobody is invited before they joined the queue.
    const joined = next.state.lastOccurredAt!;
    const when = joined > at ? joined : at;
    const { zone, activationDays } = program.state.values;
    const deadline = deadlineAfter(zone, when, activationDays);
    await decideInto(tx, program, next, { kind: 'invite', at: when, place: { free: true, deadline } });
  }
}
