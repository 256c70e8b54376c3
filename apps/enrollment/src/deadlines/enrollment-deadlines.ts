import { startDeadlines, type Deadlines } from '@cairn/deadlines';
import type { ServiceParts } from '@cairn/service';
import type { OnApplicationShutdown } from '@nestjs/common';
import type { AssessmentHandler } from '../assessment/assessment.handler.js';
import type { CoachHandler } from '../coaches/coach.handler.js';
import type { EnrollmentHandler } from '../enrollment/enrollment.handler.js';
import type { RematchHandler } from '../matching/rematch.handler.js';
import { ASSESSMENT, CREDENTIAL_EXPIRES, plan, SILENCE } from './plan.js';

/** Settles what time has brought about, while the service runs. */
export class EnrollmentDeadlines implements OnApplicationShutdown {
  private readonly running: Deadlines;

  constructor(
    { log: store, pool, clock, flow }: ServiceParts,
    enrollments: EnrollmentHandler,
    coaches: CoachHandler,
    rematches: RematchHandler,
    assessments: AssessmentHandler,
  ) {
    this.running = startDeadlines({
      service: 'enrollment',
      store,
      pool,
      clock,
      plan,
      handle: ({ kind, subjectId }, context): Promise<unknown> => {
        if (kind === CREDENTIAL_EXPIRES) return coaches.expireCredentials(context, subjectId);
        if (kind === SILENCE) return rematches.lookForSilence(context, subjectId);
        return (ASSESSMENT.includes(kind) ? assessments : enrollments).settle(context, subjectId);
      },
    });
    flow.push(() => this.running.status());
  }

  onApplicationShutdown(): Promise<void> {
    return this.running.stop();
  }
}
