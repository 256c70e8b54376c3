import { topicsOf } from '@cairn/contracts';
import type { TopicSpec } from './port.js';

/** Where every relay says each 2 s how far it is. Short-lived, one partition: only the newest matter. */
export const WATERMARKS: TopicSpec = {
  name: 'cairn.watermarks.v1',
  partitions: 1,
  retentionMs: 60 * 60 * 1000,
};

/** The topics that a service's relay writes. */
export function topicSpecsOf(service: string): TopicSpec[] {
  const { open, sensitive } = topicsOf(service);
  return [{ name: open }, { name: sensitive }, WATERMARKS];
}

/** The services whose topics these are. */
export const sourcesOf = (topics: readonly string[]): string[] => [
  ...new Set(
    topics
      .filter((topic) => topic !== WATERMARKS.name)
      .flatMap((topic) => /^cairn\.([a-z]+)\./.exec(topic)?.[1] ?? []),
  ),
];
