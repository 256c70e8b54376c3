import type { Envelope } from '@cairn/contracts';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { allowFeed, FeedQuery, placeIn, placeText, type FeedPage } from '@cairn/service';
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
    allowFeed(subject, query.sensitive);
    const events: Envelope[] = [];
    const { service, generation, position: from } = await placeIn('analytics', this.log, query.after);
    let at = from;
    const answer = () => ({ events, next: placeText({ service, generation, position: at }) });
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await this.log.readAll(at, PAGE);
      for (const { envelope, position } of page) {
        at = position;
        if (envelope.tenantid !== subject.tenantId || (!query.sensitive && isSensitive(envelope))) continue;
        events.push(envelope);
        if (events.length === query.limit) return answer();
      }
      if (page.length < PAGE) break;
    }
    return answer();
  }
}
