import { RefusedError } from '@cairn/decider';
import { derivedId } from '@cairn/event-store';
import { Injectable } from '@nestjs/common';
import type { Condition } from '../people/reach.js';
import { Transactions, withCommandId, type CommandIdentity } from '../transact.js';
import { assessPeople } from './assess.js';
import { recordEligibility } from './eligibility.record.js';
import { ProgramEntity } from './program.entity.js';
import { noRules, noSuchProgram } from './program.errors.js';

export interface Evaluation {
  readonly asOf: string;
  readonly ruleVersion: number;
  readonly evaluated: number;
  readonly eligible: number;
}

/** People judged and written at a time. */
const CHUNK = 500;

@Injectable()
export class EligibilityHandler {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Records for everybody within reach whether they are eligible on the day `asOf`. Written in chunks, each under an id of
   * its own: an evaluation that broke off is sent again and does the rest. @throws RefusedError where there are no rules
   */
  async evaluate(
    identity: CommandIdentity,
    programId: string,
    asOf: string,
    reach: Condition,
  ): Promise<Evaluation> {
    const { tenantId, commandId } = identity;
    const { manager } = this.transactions.dataSource;
    const program = await manager.findOneBy(ProgramEntity, { programId, tenantId });
    if (program === null) throw new RefusedError(noSuchProgram());
    const { version: ruleVersion, list: rules } = program.state.rules;
    if (ruleVersion === 0) throw new RefusedError(noRules());
    let [evaluated, eligible] = [0, 0];
    for (let after: string | undefined; ;) {
      const people = await assessPeople(manager, tenantId, rules, asOf, { after, limit: CHUNK, reach });
      if (people.length === 0) return { asOf, ruleVersion, evaluated, eligible };
      const chunk = withCommandId(identity, derivedId(commandId, `people after ${after ?? ''}`));
      await this.transactions.run(chunk, (tx) => recordEligibility(tx, programId, ruleVersion, people, asOf));
      evaluated += people.length;
      eligible += people.filter((each) => each.eligible).length;
      after = people.at(-1)!.personId;
    }
  }
}
