import type { Pace } from './measure/rounds.js';
import type { Result } from './measure/result.js';
import type { Servers } from './servers.js';

/** What every row is given. */
export interface Bench {
  readonly servers: Servers;
  readonly pace: Pace;
  /** How many events the rows that read a log find in it at most; all but `growth` have enough with fewer. */
  readonly events: number;
  /** Told what is being done. */
  readonly progress: (line: string) => void;
}

/** One row of the bench: one stage beside its limit. `name` is what `--only` takes. */
export interface Row {
  readonly name: string;
  results(bench: Bench): AsyncIterable<Result>;
}
