import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';

export interface WalkOptions {
  /** Glob of SCAN's MATCH. */
  readonly pattern: string;
  /** SCAN's COUNT: keys looked at a step. */
  readonly count: number;
  /** Share of the time spent working, 0 to 1: the rest is left to other clients. */
  readonly duty: number;
  readonly signal: AbortSignal;
}

/** Timers are no finer. */
const minRestMs = 2;

/**
 * Walks the keys of one server with SCAN, never KEYS, and hands each page to `onPage`. Between the steps it rests in
 * proportion to what the last one took.
 *
 * @throws the signal's reason when it is aborted, and what ioredis throws
 */
export async function walkKeys(
  server: Redis,
  { pattern, count, duty, signal }: WalkOptions,
  onPage: (keys: Buffer[]) => Promise<void>,
): Promise<void> {
  let cursor = '0';
  let page: Buffer[] = [];
  let restOwedMs = 0;
  do {
    signal.throwIfAborted();
    const startedMs = performance.now();
    // What is done with a page goes out together with the question for the next, and before it: SCAN would name keys again.
    const [, [next, keys]] = await Promise.all([
      page.length > 0 ? onPage(page) : undefined,
      server.scanBuffer(cursor, 'MATCH', pattern, 'COUNT', count),
    ]);
    page = keys;
    cursor = next.toString();
    restOwedMs += (performance.now() - startedMs) * (1 / duty - 1);
    if (restOwedMs < minRestMs) continue;
    await delay(restOwedMs);
    restOwedMs = 0;
  } while (cursor !== '0');
  if (page.length > 0) await onPage(page);
}

/** A text as a glob that matches it alone. */
export const escapeGlob = (text: string): string => text.replace(/[\\*?[\]^-]/g, String.raw`\$&`);
