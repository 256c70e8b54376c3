import { derivedId } from '@cairn/event-store';
import { Command, created, Ctx, Id, listing, PageQuery, type CommandContext } from '@cairn/http';
import { CurrentSubject, Roles, type Subject } from '@cairn/identity';
import { PrivateText } from '@cairn/private-text';
import { POOL } from '@cairn/service';
import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Pool } from 'pg';
import { ownParty } from '../../access.js';
import type { EngagementRefs, Party } from '../session.events.js';
import { SessionHandler } from '../session.handler.js';
import { NoteDto } from './session.dto.js';

/** Notes are only ever added: how many of one's own were read says where the next page begins. */
const notesListing = listing('notes.1', { read: 'integer' });

/** Under whose key a note is sealed: its writer's. An external coach is known by the coachId alone. */
const writerOf = (party: Party, { personId, coachId }: EngagementRefs): string =>
  party === 'coachee' ? personId : coachId;

@ApiTags('notes')
@Controller('v1/sessions/:sessionId/notes')
export class NotesController {
  constructor(
    private readonly handler: SessionHandler,
    private readonly texts: PrivateText,
    @Inject(POOL) private readonly pool: Pool,
  ) {}

  @Post()
  @Command({ status: 201 })
  @Roles('coachee', 'coach')
  @ApiOperation({
    summary: 'Add a private note',
    description: 'It is encrypted under its writer’s key and shown to nobody else, whoever asks.',
  })
  async add(@Ctx() context: CommandContext, @Id('sessionId') sessionId: string, @Body() { text }: NoteDto) {
    const { commandId, tenantId, subject } = context;
    const noteId = derivedId(commandId, 'note:0');
    let personId = '';
    const { version } = await this.handler.run(
      context.origin,
      sessionId,
      ({ refs }) => {
        const by = ownParty(subject, refs, 'session');
        personId = writerOf(by, refs);
        return { kind: 'add-note', noteId, by };
      },
      { rows: (client) => this.texts.put(client, { tenantId, personId, id: noteId, text }) },
    );
    return created(`/sessions/v1/sessions/${sessionId}/notes`, { noteId }, version);
  }

  @Get()
  @Roles('coachee', 'coach')
  @ApiOperation({ summary: 'One’s own notes on a session', description: 'A text that was erased is null.' })
  async list(
    @CurrentSubject() subject: Subject,
    @Id('sessionId') sessionId: string,
    @Query() { limit, cursor }: PageQuery,
  ) {
    const { read } = notesListing.after(cursor) ?? { read: 0 };
    const { session } = await this.handler.read(subject.tenantId, sessionId);
    const party = ownParty(subject, session.refs, 'session');
    const own = session.notes.filter(({ by }) => by === party).slice(read);
    const ids = own.slice(0, limit).map(({ noteId }) => noteId);
    const texts = await this.texts.read(this.pool, subject.tenantId, writerOf(party, session.refs), ids);
    return notesListing.page(
      own.slice(0, limit + 1),
      limit,
      () => ({ read: read + limit }),
      ({ noteId, at }) => ({ noteId, at, text: texts.get(noteId) ?? null }),
    );
  }
}
