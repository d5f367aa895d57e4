import type { INestApplication } from '@nestjs/common';

/** A later Ctrl-C exits at once. Within this time it may be a duplicate: npm and the terminal may both deliver the first. */
const duplicateSignalMs = 1000;

let onOrphaned = (): void => process.exit(1);

/**
 * Runs the main function of a process. An error ends the process: expected errors print their message, all others their
 * stack. If the launcher dies, the process ends too: at once during startup, and after draining later on.
 *
 * @param expectedErrors classes of errors whose message is enough for the user
 */
export async function runProgram(
  main: () => Promise<void>,
  expectedErrors: readonly (new (...args: never[]) => Error)[],
): Promise<void> {
  if (process.send) process.once('disconnect', () => onOrphaned());
  // The launcher may have died while this file was loading.
  if (process.send && !process.connected) process.exit(1);
  try {
    await main();
  } catch (error) {
    const isExpected = expectedErrors.some((kind) => error instanceof kind);
    const text = isExpected ? (error as Error).message : String((error as Error).stack ?? error);
    process.stderr.write(`\n${text}\n\n`);
    process.exit(1);
  }
}

/** Makes the first signal, or the death of the launcher, drain the app and end the process. */
export function drainOnSignals(app: INestApplication): void {
  onOrphaned = () => process.kill(process.pid, 'SIGTERM');
  app.enableShutdownHooks(['SIGINT', 'SIGTERM', 'SIGHUP'], { useProcessExit: true });
  let firstMs: number | undefined;
  process.on('SIGINT', () => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > duplicateSignalMs) process.exit(130);
  });
}
