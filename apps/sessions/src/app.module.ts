import { migrate as migrateDeadlines } from '@cairn/deadlines';
import { migrate as migrateTexts, PrivateText } from '@cairn/private-text';
import type { ServiceDefinition, ServiceParts } from '@cairn/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { CalendarController } from './calendar/http/calendar.controller.js';
import { SessionDeadlines } from './deadlines/session-deadlines.js';
import { EngagementHandler } from './engagement/engagement.handler.js';
import { EngagementsController } from './engagement/http/engagements.controller.js';
import { migrate } from './migrations/index.js';
import { publish } from './publishing/publish.js';
import { INBOX, InboxController } from './reactions/inbox.controller.js';
import { NotesController } from './session/http/notes.controller.js';
import { SessionsController } from './session/http/sessions.controller.js';
import { SessionHandler } from './session/session.handler.js';

@Module({})
export class AppModule {
  static register(parts: ServiceParts): DynamicModule {
    const { config, pool, log } = parts;
    const sessions = new SessionHandler(pool, log);
    return {
      module: AppModule,
      controllers: [
        EngagementsController,
        SessionsController,
        CalendarController,
        NotesController,
        InboxController,
      ],
      providers: [
        { provide: PrivateText, useValue: new PrivateText(config.textKey!) },
        { provide: SessionHandler, useValue: sessions },
        { provide: SessionDeadlines, useFactory: () => new SessionDeadlines(parts, sessions) },
        { provide: EngagementHandler, useValue: new EngagementHandler(pool, log, sessions) },
      ],
    };
  }
}

export const definition: ServiceDefinition = {
  name: 'sessions',
  title: 'Cairn sessions',
  answers: new URL('../answers.json', import.meta.url),
  description: 'Engagements, their sessions from the booking to the outcome, and private notes.',
  holdsText: true,
  eventSourced: true,
  inbox: INBOX,
  publish,
  showing: 'SessionsShown',
  async migrate({ pool }) {
    await migrateTexts(pool);
    await migrateDeadlines(pool);
    await migrate(pool);
  },
  module: (parts) => AppModule.register(parts),
};
