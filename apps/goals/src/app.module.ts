import { topicsOf } from '@cairn/contracts';
import { migrate as migrateTexts, PrivateText } from '@cairn/private-text';
import type { ServiceDefinition, ServiceParts } from '@cairn/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { BriefController } from './brief/http/brief.controller.js';
import { GoalHandler } from './goal/goal.handler.js';
import { GoalReadingController } from './goal/http/goal-reading.controller.js';
import { GoalsController } from './goal/http/goals.controller.js';
import { INBOX, InboxController } from './inbox.controller.js';
import { migrate } from './migrations/index.js';
import { publish } from './publishing/publish.js';

@Module({})
export class AppModule {
  static register({ config, pool, log }: ServiceParts): DynamicModule {
    const texts = new PrivateText(config.textKey!);
    return {
      module: AppModule,
      controllers: [GoalsController, GoalReadingController, BriefController, InboxController],
      providers: [
        { provide: PrivateText, useValue: texts },
        { provide: GoalHandler, useValue: new GoalHandler(pool, log, texts) },
      ],
    };
  }
}

export const definition: ServiceDefinition = {
  name: 'goals',
  title: 'Cairn goals',
  answers: new URL('../answers.json', import.meta.url),
  description:
    'Goals, their attainment scales, practice between sessions, and the brief before the next one.',
  holdsText: true,
  eventSourced: true,
  inbox: { group: INBOX, topics: [topicsOf('enrollment').open, topicsOf('sessions').open] },
  publish,
  async migrate({ pool }) {
    await migrateTexts(pool);
    await migrate(pool);
  },
  module: (parts) => AppModule.register(parts),
};
