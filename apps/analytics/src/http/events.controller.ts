import type { Envelope } from '@cairn/contracts';
import { START } from '@cairn/event-store';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { allowSensitive, FeedQuery, type FeedPage } from '@cairn/service';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { IntakeLog, isSensitive } from '../intake/log.js';

const PAGE = 1000;
/** One answer looks through so many pages of the log for events of the tenant. */
const MAX_PAGES = 20;

/** What analytics has taken in of the other services, as they published it. */
@ApiTags('events')
@Controller('v1/events')
export class EventsController {
  constructor(@Inject(IntakeLog) private readonly log: IntakeLog) {}

  @Get()
  @Roles('integration')
  @ApiOperation({
    summary: 'The events that analytics has taken in, in the order of its log',
    description: 'Pass `next` as `after` to go on. The envelopes are those of the bus.',
  })
  async read(@CurrentSubject() subject: Subject, @Query() query: FeedQuery): Promise<FeedPage> {
    allowSensitive(subject, query.sensitive);
    const events: Envelope[] = [];
    let next = query.after ?? START;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await this.log.readAll(next, PAGE);
      for (const { envelope, position } of page) {
        next = position;
        if (envelope.tenantid !== subject.tenantId || (!query.sensitive && isSensitive(envelope))) continue;
        events.push(envelope);
        if (events.length === query.limit) return { events, next };
      }
      if (page.length < PAGE) break;
    }
    return { events, next };
  }
}
