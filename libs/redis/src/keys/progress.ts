/**
 * Runs a job and yields its progress reports. A consumer that is slower than the job gets only the latest one.
 *
 * @throws the error of the job
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
  // The job is awaited after its reports were read.
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
