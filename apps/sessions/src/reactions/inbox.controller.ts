import { topicsOf } from '@cairn/contracts';
import { RefusedError } from '@cairn/decider';
import {
  EventBatch,
  runReactions,
  TransientFault,
  type ConsumedBatch,
  type ReactionContext,
} from '@cairn/messaging';
import { Controller } from '@nestjs/common';
import { EngagementHandler } from '../engagement/engagement.handler.js';
import { apply, applyPeople, isOfPerson, type PersonEvent } from '../knowledge/apply.js';
import { withUnsettled, type EngagementCommand } from './engagement-order.js';
import { reactions } from './index.js';

/** The service's one consumer group, and what it reads. */
export const INBOX = { group: 'sessions.inbox', topics: [topicsOf('enrollment').open] };

@Controller()
export class InboxController {
  constructor(private readonly engagements: EngagementHandler) {}

  /**
   * Event by event: a reaction knows what was so when its event happened, not what the rest of the batch will say. Only
   * people that follow one another are kept together: what is done because of them does not look at the others.
   */
  @EventBatch(INBOX.group)
  async handle({ client, events }: ConsumedBatch): Promise<void> {
    let people: PersonEvent[] = [];
    const keepPeople = async () => {
      await applyPeople(client, people);
      // Asked after they are kept: a match that did not find the departure has planned its engagement by then.
      await this.react(client, await leaversWithEngagement(client, people));
      people = [];
    };
    for (const event of events) {
      if (isOfPerson(event)) {
        people.push(event);
        continue;
      }
      await keepPeople();
      await apply(client, event);
      await this.react(client, [event]);
    }
    await keepPeople();
  }

  private react(client: ConsumedBatch['client'], events: ConsumedBatch['events']): Promise<void> {
    return runReactions({ client, events }, reactions, {
      about: ({ engagementId, order }) => `${order.kind} ${engagementId}`,
      send: (command, context) => this.send(command, context),
    });
  }

  private async send(command: EngagementCommand, context: ReactionContext): Promise<void> {
    const { engagementId, order, at = context.occurredAt } = command;
    try {
      await this.engagements.run({ ...context, at, exact: false }, engagementId, order);
    } catch (error) {
      // Outrun by others, again and again: no judgement of the command, which comes again.
      if (error instanceof RefusedError && error.refusal.slug === 'changed-meanwhile')
        throw new TransientFault(error.message, { cause: error });
      throw error;
    }
  }
}

/** Of what is said of people, that to which there is something to do. */
async function leaversWithEngagement(
  client: ConsumedBatch['client'],
  people: readonly PersonEvent[],
): Promise<PersonEvent[]> {
  const leavers = people.filter(({ name }) => name === 'PersonLeft');
  const found = await withUnsettled(
    client,
    leavers.map(({ envelope, data }) => ({ tenantId: envelope.tenantid, personId: data.personId })),
  );
  return leavers.filter(({ data }) => found.has(data.personId));
}
