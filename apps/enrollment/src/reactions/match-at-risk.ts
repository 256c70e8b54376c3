import { react } from '@cairn/messaging';
import { COURSE_EVENTS } from '../matching/course.js';
import type { Judgement } from '../matching/courses.js';
import type { ReactionCommand } from './commands.js';

/** The early warning: what happens to sessions marks their match as at risk, or as recovered. @param news by event */
export const matchAtRisk = (news: ReadonlyMap<string, Judgement>) =>
  COURSE_EVENTS.map((event) =>
    react({
      name: 'judge-match',
      event,
      known: (_, { envelope }) => Promise.resolve(news.get(envelope.id)),
      commands: ({ data: { enrollmentId, engagementId } }, judgement): ReactionCommand[] =>
        judgement === undefined ? [] : [{ kind: 'judge-match', enrollmentId, engagementId, ...judgement }],
    }),
  );
