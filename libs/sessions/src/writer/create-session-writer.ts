import type { RedisClient } from '@app/redis';
import type { MemoryLimits } from '../memory-limits.js';
import { AtomicSessionWriter } from './atomic-session-writer.js';
import { ClusterSessionWriter } from './cluster-session-writer.js';
import type { SessionWriter } from './session-writer.js';
import type { WriterRepositories } from './writer-repositories.js';

/** Returns the writer for the server's topology. */
export function createSessionWriter(
  redis: RedisClient,
  repositories: WriterRepositories,
  limits: MemoryLimits,
): SessionWriter {
  const Writer = redis.keys.isClustered ? ClusterSessionWriter : AtomicSessionWriter;
  return new Writer(redis, repositories, limits);
}
