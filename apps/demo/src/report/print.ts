import { SingleBar } from 'cli-progress';

const tty = process.stdout.isTTY;
const style = (code: number, text: string) => (tty ? `\u001b[${code}m${text}\u001b[0m` : text);

export const say = (line = ''): void => void process.stdout.write(`${line}\n`);
export const heading = (text: string): void => say(`\n${style(1, text)}`);
export const faint = (text: string): string => style(2, text);
export const good = (text: string): string => style(32, text);
export const bad = (text: string): string => style(31, text);

/** Rows in columns; the first row is the heading. Numbers stand at the right. */
export function table(rows: readonly (readonly (string | number | null)[])[]): void {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '–' : String(cell))));
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  cells.forEach((row, index) => {
    const line = row.map((cell, column) =>
      typeof rows[index]![column] === 'number'
        ? cell.padStart(widths[column]!)
        : cell.padEnd(widths[column]!),
    );
    const text = `  ${line.join('  ')}`.trimEnd();
    say(index === 0 ? faint(text) : text);
  });
}

/** "1 person", "3 people". */
export const counted = (count: number, one: string, several = `${one}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : several}`;

export const percent = (value: number | null): string =>
  value === null ? '–' : `${(100 * value).toFixed(0)} %`;
export const fixed = (value: number | null, digits = 1): string =>
  value === null ? '–' : value.toFixed(digits);

/** A progress bar on a terminal, a line at each quarter elsewhere. */
export function progress(what: string, total: number) {
  const bar = tty
    ? new SingleBar({ format: `  ${what} {bar} {value}/{total}`, hideCursor: true, clearOnComplete: false })
    : undefined;
  bar?.start(total, 0);
  let done = 0;
  let told = 0;
  return {
    step(count = 1): void {
      done += count;
      bar?.update(done);
      const quarter = Math.floor((4 * done) / Math.max(1, total));
      if (!tty && quarter > told) say(`  ${what}: ${done} of ${total}`);
      told = quarter;
    },
    stop(): void {
      bar?.stop();
    },
  };
}
