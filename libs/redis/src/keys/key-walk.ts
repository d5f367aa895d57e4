import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';

export interface WalkOptions {
  /** Glob pattern, as in SCAN's MATCH. */
  readonly pattern: string;
  /** SCAN's COUNT: about how many keys each step visits. */
  readonly count: number;
  /** Share of the time to work, from 0 to 1. The rest is left to other clients. */
  readonly duty: number;
  readonly signal: AbortSignal;
}

/** Handles a page of keys. `unlink` deletes them and returns how many there still were. */
export type PageHandler = (keys: readonly string[], unlink: () => Promise<number>) => Promise<void>;

/** Shorter pauses are accumulated, because timers have a resolution of a millisecond. */
const minRestMs = 2;

/**
 * Walks the keys of these servers with SCAN, and passes each page to `onPage`. After each step it pauses, in proportion to
 * the time that the step took.
 *
 * @throws the signal's reason if it is aborted, and the errors of ioredis
 */
export async function walkKeys(
  servers: readonly Redis[],
  unlink: (server: Redis, keys: readonly Buffer[]) => Promise<number>,
  options: WalkOptions,
  onPage: PageHandler,
): Promise<void> {
  for (const server of servers) {
    await walkServer(server, options, (keys) => onPage(keys.map(String), () => unlink(server, keys)));
  }
}

async function walkServer(
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
    // The commands of a page are sent together with the next SCAN, and before it, or SCAN would return unlinked keys again.
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

/** Returns a glob pattern that matches only this text. */
export const escapeGlob = (text: string): string => text.replace(/[\\*?[\]^-]/g, String.raw`\$&`);
