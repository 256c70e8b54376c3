/** Says in a frame, among all that a run of tests prints, what it does not test. */
export function sayLoudly(...lines: string[]): void {
  const bar = '!'.repeat(80);
  process.stderr.write(`\n${[bar, ...lines.map((line) => `!! ${line}`), bar].join('\n')}\n`);
}
