import type { INestApplication } from '@nestjs/common';

/** A second Ctrl-C ends at once; npm and the terminal may both deliver the first one. */
const impatienceAfterMs = 1000;

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

/** From now on the launcher's death and the first signal drain the app and end the process. */
export function drainOnSignals(app: INestApplication): void {
  onOrphaned = () => process.kill(process.pid, 'SIGTERM');
  app.enableShutdownHooks(['SIGINT', 'SIGTERM', 'SIGHUP'], { useProcessExit: true });
  let firstMs: number | undefined;
  process.on('SIGINT', () => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > impatienceAfterMs) process.exit(130);
  });
}
