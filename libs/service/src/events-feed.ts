import type { Envelope } from '@cairn/contracts';
import { RefusedError } from '@cairn/decider';
import { IsQueryFlag, IsQueryInt } from '@cairn/http';
import { CurrentSubject, hasRole, Roles, type Subject } from '@cairn/identity';
import { envelopesOf } from '@cairn/messaging';
import { Controller, Get, Query, type Type } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IsOptional, Matches, ValidateIf } from 'class-validator';
import type { ServiceDefinition, ServiceParts } from './definition.js';
import { FEED_PLACE, placeIn, placeText } from './feed-place.js';

/** The query of every service's feed. */
export class FeedQuery {
  /** The `next` of the page before; from the beginning without it. */
  @IsOptional()
  @ValidateIf(({ after }: FeedQuery) => after !== '')
  @Matches(FEED_PLACE, { message: 'after must be the "next" of an earlier answer' })
  after?: string;

  @IsOptional()
  @IsQueryInt(1, 1000)
  limit = 100;

  /** Ratings and opinions too; for tokens with the claim `sensitive` alone. */
  @IsOptional()
  @IsQueryFlag()
  sensitive = false;
}

export interface FeedPage {
  readonly events: readonly Envelope[];
  /** To be given as `after`, as it is; unchanged where nothing new has come. */
  readonly next: string;
}

const MAX_PAGES = 20;

/**
 * @throws RefusedError 403 for somebody in HR: what their limits leave out, a feed would tell them. 403 too where the
 * sensitive events were asked for without the claim
 */
export function allowFeed(subject: Subject, sensitive: boolean): void {
  if (hasRole(subject, 'hr'))
    throw new RefusedError({
      kind: 'forbidden',
      slug: 'feed-not-for-hr',
      detail:
        'A feed holds the events of everybody, and HR’s limits hold whatever other role a token has: take a token of role integration without role hr.',
    });
  if (!sensitive || subject.sensitive) return;
  throw new RefusedError({
    kind: 'forbidden',
    slug: 'sensitive-not-allowed',
    detail:
      'Events with ratings and opinions need a token that carries the claim "sensitive"; leave sensitive=true out for the others.',
  });
}

/** The controller of `GET /v1/events`: what the service has published, from its log, in log order, for one tenant. */
export function feedOf(
  { name, publish }: ServiceDefinition & Required<Pick<ServiceDefinition, 'publish'>>,
  { log }: ServiceParts,
): Type {
  @ApiTags('events')
  @Controller('v1/events')
  class EventsController {
    @Get()
    @Roles('integration')
    @ApiOperation({
      summary: 'The events of this service, in log order',
      description: 'Pass `next` as `after` to go on. The envelopes are those of the bus.',
    })
    async read(@CurrentSubject() subject: Subject, @Query() query: FeedQuery): Promise<FeedPage> {
      allowFeed(subject, query.sensitive);
      const { generation, position } = await placeIn(name, log, query.after);
      const events: Envelope[] = [];
      let at = position;
      const page = () => ({ events, next: placeText({ service: name, generation, position: at }) });
      for (let pages = 0; pages < MAX_PAGES; pages++) {
        const stored = await log.readAll(at, query.limit, { tenantId: subject.tenantId });
        for (const event of stored) {
          const made = envelopesOf({ service: name, generation, publish }, event)
            .filter(({ sensitive }) => query.sensitive || !sensitive)
            .map(({ envelope }) => envelope);
          // What one stored event became stays together, so that a position is all that a reader has to keep.
          if (events.length > 0 && events.length + made.length > query.limit) return page();
          events.push(...made);
          at = event.position;
        }
        if (stored.length < query.limit || events.length >= query.limit) break;
      }
      return page();
    }
  }
  return EventsController;
}
