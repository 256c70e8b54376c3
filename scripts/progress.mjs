/** Says what is being done, and that it still is, on stderr: stdout belongs to the program that is run. */

const interactive = process.stderr.isTTY === true;

/** A line for the person at the terminal. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Prints `label` at once, then how long it has taken: on a terminal in place every second, else as a line every
 * 10 s. Answers what the work answers.
 */
export async function working(label, work) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  if (!interactive) say(`${label} …`);
  else process.stderr.write(`${label} …`);
  const timer = setInterval(
    () =>
      interactive
        ? process.stderr.write(`\r${label} … ${seconds()} s`)
        : say(`  still at it: ${seconds()} s`),
    interactive ? 1000 : 10_000,
  );
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (interactive) process.stderr.write(`\r${label}: ${seconds()} s\u001b[K\n`);
    else if (seconds() > 1) say(`  done in ${seconds()} s`);
  }
}

/** Ends the script with a message instead of a stack: what happened is the person's to mend. */
export function giveUp(message) {
  say(`\n${message}`);
  process.exit(1);
}
