/** One stream for each session and for each engagement; also the keys of their messages on the bus. */
export const sessionStream = (sessionId: string): string => `session-${sessionId}`;
export const engagementStream = (engagementId: string): string => `engagement-${engagementId}`;
