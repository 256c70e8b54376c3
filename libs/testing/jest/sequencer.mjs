import Sequencer from '@jest/test-sequencer';

/** What takes long, the longest of each phase first; seconds, on two cores. In a fresh checkout Jest knows sizes of files alone. */
const LONG = [
  // e2e: 180 to 40
  'test/kill.e2e',
  'test/demo.e2e',
  'test/standalone.e2e',
  'test/demo-killed.e2e',
  'test/programme.e2e',
  'test/who-may.e2e',
  'test/fuzz.e2e',
  'test/chaos.e2e',
  'scripts/compose.e2e',
  'test/secrets.e2e',
  'test/flow.e2e',
  'docs/tutorial/tutorial.e2e',
  // integration: 80 to 30
  'standalone/test/ops.int',
  'postgres/postgres-bus.int',
  'kafka/kafka-faults.int',
  'relay/relay.int',
  'kafka/kafka-bus-operated.int',
  'eventstoredb/conformance.int',
  'sessions/test/killed-reacting.int',
  'service/src/frozen-servers.int',
  'sessions/test/killed-between.int',
  'matching/rematch.int',
  'postgres/postgres-bus-operated.int',
  'bench/test/bench.int',
  'assessment/assessments.int',
  'postgres/membership.int',
  'scripts/scripts.int',
  'goals/test/killed-reacting.int',
  'kafka/kafka-bus.int',
  'people/large-files.int',
  'http/src/commands.int',
  'deadlines/src/deadlines.int',
  'analytics/test/analytics.int',
  'matching/matches.int',
  'testing/src/kafka/kafka.int',
  'enrollment/places.int',
  'enrollment/src/reactions/reactions.int',
  // unit: 30 to 10
  'attack/src/attack.spec',
  'attack/src/operational.spec',
  'scripts/boundaries.spec',
  'docs/reference/reference.spec',
];

/** The long ones first, so that none is begun when the other workers have nothing left to do. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const at = LONG.findIndex((long) => path.includes(long));
      return at < 0 ? LONG.length : at;
    };
    return super.sort(tests).sort((a, b) => place(a) - place(b));
  }
}
