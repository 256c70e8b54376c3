/** The services that publish, and the one that takes in what they publish. */
export const PUBLISHERS = ['enrollment', 'sessions', 'goals'] as const;
/** Those that can keep their log in EventStoreDB. */
export const STORED = ['sessions', 'goals'] as const;
export const SERVICES = [...PUBLISHERS, 'analytics'] as const;
export type ServiceName = (typeof SERVICES)[number];
export type Publisher = (typeof PUBLISHERS)[number];
/** Where the logs of sessions and goals are. */
export type EventStoreName = 'postgres' | 'eventstoredb';
