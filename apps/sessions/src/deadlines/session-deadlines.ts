import { startDeadlines, type Deadlines } from '@cairn/deadlines';
import type { ServiceParts } from '@cairn/service';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { SessionHandler } from '../session/session.handler.js';
import { plan } from './plan.js';

/** Settles what time has brought about in sessions, while the service runs. */
export class SessionDeadlines implements OnApplicationShutdown {
  private readonly running: Deadlines;

  constructor({ log: store, pool, clock, flow }: ServiceParts, sessions: SessionHandler) {
    this.running = startDeadlines({
      service: 'sessions',
      store,
      pool,
      clock,
      plan,
      handle: ({ subjectId }, context) =>
        sessions.run({ ...context, at: context.occurredAt, exact: false }, subjectId, () => ({
          kind: 'settle',
        })),
    });
    flow.push(() => this.running.status());
  }

  onApplicationShutdown(): Promise<void> {
    return this.running.stop();
  }
}
