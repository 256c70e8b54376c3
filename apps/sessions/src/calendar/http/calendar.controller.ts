import { Answer, CLOCK, digestOf, etagOf, Versioned, type Clock } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { POOL } from '@cairn/service';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { calendarOf } from '../icalendar.js';
import { CalendarQuery } from './calendar.dto.js';
import { appointmentsOf, windowOf } from './calendar.query.js';

@ApiTags('sessions')
@Controller('v1/calendar')
export class CalendarController {
  constructor(
    @Inject(POOL) private readonly pool: Pool,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Versioned()
  @Get()
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'One’s own sessions as iCalendar (RFC 5545)',
    description:
      'From a month ago a year on, unless asked otherwise, cancelled ones too. Read into a calendar again, it moves what was moved. It names nobody.',
  })
  @ApiOkResponse({ content: { 'text/calendar': { schema: { type: 'string' } } } })
  async calendar(@CurrentSubject() subject: Subject, @Query() query: CalendarQuery) {
    const now = this.clock.now();
    const appointments = await appointmentsOf(this.pool, subject, windowOf(query, now));
    return new Answer(calendarOf(appointments, now), undefined, {
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'attachment; filename="coaching.ics"',
      // When it was made is in it: equal, not the same bytes.
      etag: `W/${etagOf(digestOf(appointments))}`,
    });
  }
}
