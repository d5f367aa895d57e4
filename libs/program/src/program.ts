import type { INestApplication } from '@nestjs/common';

/** A second Ctrl-C ends at once; npm and the terminal may both deliver the first one. */
const impatienceAfterMs = 1000;
const graceMs = 3000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

let onOrphaned = (): void => process.exit(1);

/**
 * Runs a process's main function. What the reader can mend is shown as one message, everything else with its stack, and
 * both end the process. The launcher's death ends what it started: before there is anything to drain at once, later by
 * a drain.
 *
 * @param foreseen classes of errors whose message says all
 */
export async function runProgram(
  main: () => Promise<void>,
  foreseen: readonly (new (...args: never[]) => Error)[],
): Promise<void> {
  if (process.send) process.once('disconnect', () => onOrphaned());
  // It may have died while this file was loading.
  if (process.send && !process.connected) process.exit(1);
  try {
    await main();
  } catch (error) {
    const isForeseen = foreseen.some((kind) => error instanceof kind);
    const text = isForeseen ? (error as Error).message : String((error as Error).stack ?? error);
    process.stderr.write(`\n${text}\n\n`);
    process.exit(1);
  }
}

/**
 * From now on the launcher's death and the first signal drain the app and end the process, by force when draining takes
 * longer than `timeoutMs` and a grace period for what follows it: closing Redis and the upstreams.
 */
export function drainOnSignals(app: INestApplication, timeoutMs: number): void {
  onOrphaned = () => process.kill(process.pid, 'SIGTERM');
  app.enableShutdownHooks(signals, { useProcessExit: true });
  for (const signal of signals) process.once(signal, () => exitLater(timeoutMs + graceMs));
  let firstMs: number | undefined;
  process.on('SIGINT', () => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > impatienceAfterMs) process.exit(130);
  });
}

function exitLater(delayMs: number): void {
  setTimeout(() => {
    process.stderr.write(`Not ended within ${delayMs} ms of the signal to stop; exiting now\n`);
    process.exit(1);
  }, delayMs).unref();
}
