/**
 * Runs a job that reports its progress, and yields the latest report whenever the consumer asks for one. Reports that
 * nobody has waited for are overtaken.
 *
 * @throws what the job throws
 */
export async function* progressOf<T>(
  job: (report: (progress: T) => void) => Promise<void>,
): AsyncGenerator<T> {
  let latest: T | undefined;
  let isOver = false;
  let wake: (() => void) | undefined;
  const done = job((progress) => {
    latest = progress;
    wake?.();
  }).finally(() => {
    isOver = true;
    wake?.();
  });
  // It is awaited below, once its reports are read.
  done.catch(() => undefined);
  for (;;) {
    if (latest !== undefined) {
      const progress = latest;
      latest = undefined;
      yield progress;
    } else if (isOver) break;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  await done;
}
