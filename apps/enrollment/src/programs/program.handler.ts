import { derivedId } from '@cairn/event-store';
import { Injectable } from '@nestjs/common';
import { inviteWaiting } from '../enrollment/waitlist.js';
import { Transactions, type CommandIdentity, type Keep } from '../transact.js';
import type { ProgramCommand } from './program.commands.js';
import { ProgramEntity } from './program.entity.js';
import type { ProgramValues } from './program.events.js';
import { decideProgram, lockProgram, programStream, saveProgram } from './program.rows.js';

@Injectable()
export class ProgramHandler {
  constructor(private readonly transactions: Transactions) {}

  create(
    identity: CommandIdentity,
    values: ProgramValues,
    keep: Keep<ProgramEntity>,
  ): Promise<ProgramEntity> {
    const programId = derivedId(identity.commandId, 'program');
    return this.transactions.run(
      identity,
      async (tx) => {
        const known = await tx.manager.findOneBy(ProgramEntity, { programId });
        if (known !== null) return known;
        const program = tx.manager.create(ProgramEntity, {
          programId,
          tenantId: identity.tenantId,
          version: 0,
          placesTaken: 0,
          freeSince: null,
          nextInQueue: '1',
          createdAt: new Date(identity.now),
        });
        decideProgram(tx, program, { kind: 'create', at: identity.occurredAt, programId, values });
        await tx.manager.insert(ProgramEntity, program as object);
        return program;
      },
      keep,
    );
  }

  /** @param commandOf is handed the programme under its lock; times come from the command's identity */
  give(
    identity: CommandIdentity,
    programId: string,
    commandOf: (program: ProgramEntity) => ProgramCommand,
    keep: Keep<ProgramEntity>,
  ): Promise<ProgramEntity> {
    return this.transactions.run(
      identity,
      async (tx) => {
        const program = await lockProgram(tx, programId);
        if (await tx.alreadyDone(programStream(programId))) return program;
        decideProgram(tx, program, commandOf(program));
        // More places may have been opened.
        await inviteWaiting(tx, program);
        if (tx.queued.length > 0) await saveProgram(tx, program);
        return program;
      },
      keep,
    );
  }
}
