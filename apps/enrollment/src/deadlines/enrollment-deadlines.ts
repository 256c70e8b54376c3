import { startDeadlines, type Deadlines } from '@cairn/deadlines';
import type { ServiceParts } from '@cairn/service';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { EnrollmentHandler } from '../enrollment/enrollment.handler.js';
import { plan } from './plan.js';

/** Settles what time has brought about in enrolments, while the service runs. */
export class EnrollmentDeadlines implements OnApplicationShutdown {
  private readonly running: Deadlines;

  constructor({ log: store, pool, clock, flow }: ServiceParts, enrollments: EnrollmentHandler) {
    this.running = startDeadlines({
      service: 'enrollment',
      store,
      pool,
      clock,
      plan,
      handle: ({ subjectId }, context) => enrollments.settle(context, subjectId),
    });
    flow.push(() => this.running.status());
  }

  onApplicationShutdown(): Promise<void> {
    return this.running.stop();
  }
}
