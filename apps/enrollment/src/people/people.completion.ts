import { RefusedError } from '@cairn/decider';
import type { CommandContext } from '@cairn/http';
import { Injectable } from '@nestjs/common';
import { Transactions, type CommandIdentity, type Keep } from '../transact.js';
import { personStream } from './directory.rows.js';
import { isPlaceholder, type PersonKey } from './import/directory.js';
import { placeOf } from './import/changes.js';
import { alreadyCompleted, noSuchPerson, notAPlaceholder } from './people.errors.js';
import { PersonEntity } from './person.entity.js';
import type { PersonEvent } from './person.events.js';
import { requireReach } from './reach.js';

/** What somebody knows of a manager of whom the HR file had only the name. */
export interface Completion {
  readonly givenName: string;
  readonly familyName: string;
  readonly email?: string;
  readonly department?: string;
  readonly position?: string;
  readonly location?: string;
}

@Injectable()
export class PeopleCompletion {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Makes a placeholder a person who can be nominated. They keep their key, and so the team that files name them for.
   * @throws RefusedError
   */
  complete(
    identity: CommandIdentity & Pick<CommandContext, 'subject'>,
    personId: string,
    known: Completion,
    keep: Keep<PersonEntity>,
  ): Promise<PersonEntity> {
    const { tenantId, occurredAt, subject } = identity;
    return this.transactions.run(
      identity,
      async (tx) => {
        await requireReach(tx.manager, subject, identity.actor.role, personId, noSuchPerson());
        const person = await tx.manager.findOne(PersonEntity, {
          where: { personId, tenantId },
          lock: { mode: 'pessimistic_write' },
        });
        if (person === null) throw new RefusedError(noSuchPerson());
        if (!isPlaceholder(person.personKey as PersonKey)) throw new RefusedError(notAPlaceholder());
        const {
          givenName,
          familyName,
          email = null,
          department = null,
          position = null,
          location = null,
        } = known;
        const told = { givenName, familyName, email, department, position, location, completed: true };
        if (person.completed) {
          const same = Object.entries(told).every(
            ([name, value]) => person[name as keyof PersonEntity] === value,
          );
          if (same) return person;
          throw new RefusedError(alreadyCompleted());
        }
        Object.assign(person, told);
        const place = placeOf(person);
        if (Object.keys(place).length > 0) {
          const data = {
            personId,
            kind: 'moved',
            effectiveOn: occurredAt.slice(0, 10),
            dateBasis: 'column',
            ...place,
          } as const;
          const moved: PersonEvent = { type: 'PersonChanged', occurredAt, data };
          tx.append(personStream(personId), [moved], person.version);
          person.version += 1;
        }
        await tx.manager.update(PersonEntity, { personId }, { ...told, version: person.version });
        return person;
      },
      keep,
    );
  }
}
