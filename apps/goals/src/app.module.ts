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
import { Answering } from './pulse/answering.js';
import { PulseAnswersController } from './pulse/http/pulse-answers.controller.js';
import { PUBLIC_URL, PulseRatersController } from './pulse/http/pulse-raters.controller.js';
import { marksBy } from './pulse/marks.js';
import { PulseHandler } from './pulse/pulse.handler.js';
import { publish } from './publishing/publish.js';

@Module({})
export class AppModule {
  static register({ config, pool, log, clock }: ServiceParts): DynamicModule {
    const texts = new PrivateText(config.textKey!);
    const goals = new GoalHandler(pool, log, texts);
    return {
      module: AppModule,
      controllers: [
        GoalsController,
        GoalReadingController,
        BriefController,
        PulseRatersController,
        PulseAnswersController,
        InboxController,
      ],
      providers: [
        { provide: PrivateText, useValue: texts },
        { provide: PUBLIC_URL, useValue: config.publicUrl ?? null },
        { provide: GoalHandler, useValue: goals },
        { provide: PulseHandler, useValue: new PulseHandler(pool, log, goals) },
        { provide: Answering, useValue: new Answering(pool, log, goals, clock, marksBy(config.textKey!)) },
      ],
    };
  }
}

export const definition: ServiceDefinition = {
  name: 'goals',
  title: 'Cairn goals',
  answers: new URL('../answers.json', import.meta.url),
  description:
    'Goals, their attainment scales, practice between sessions, pulses from the workplace, and the brief before the next session.',
  holdsText: true,
  eventSourced: true,
  inbox: {
    group: INBOX,
    topics: [topicsOf('enrollment').open, topicsOf('sessions').open, topicsOf('goals').open],
  },
  publish,
  showing: 'GoalsShown',
  async migrate({ pool }) {
    await migrateTexts(pool);
    await migrate(pool);
  },
  module: (parts) => AppModule.register(parts),
};
