// Measures the memory of each kind of entry: fills a private Redis server with samples in the formats that Marquee writes.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { findProgram, PrerequisiteError } from '../prerequisites.mjs';

const sampleSize = 2_000;
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const text = (length) =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);

/** One writer per kind of entry. */
const kinds = {
  embeddings: (redis, index, { dimensions }) =>
    redis.set(
      `prod:emb:text-embedding-3-small:${sha256(`${index}`)}`,
      randomBytes(4 * dimensions),
      'EX',
      604_800,
    ),
  understandings: (redis, index) => redis.set(`prod:qu:v1:${sha256(`${index}`)}`, text(700), 'EX', 86_400),
  movies: (redis, index, { movieBytes }) =>
    redis.set(`prod:tmdb:movie:${index}`, text(movieBytes), 'EX', 86_400),
  sessions: async (redis, index, { chunks, chunkBytes }) => {
    const id = sha256(String(index)).slice(0, 36);
    const [metadata, transcript] = [`prod:session:${id}:metadata`, `prod:session:${id}:transcript`];
    const fields = { tenant_id: 'acme', user_id: text(16), agent_id: 'concierge', language: 'en' };
    await redis.hset(metadata, { ...fields, started_at: new Date(0).toISOString() });
    if (chunks > 0) await redis.rpush(transcript, ...Array.from({ length: chunks }, () => text(chunkBytes)));
    await redis.expire(metadata, 86_400);
    await redis.expire(transcript, 86_400);
    await redis.zadd(`prod:tenant:acme:sessions`, index, id);
  },
  limits: (redis, index) => redis.set(`prod:ratelimit:default:acme:client-${index}`, 'e600', 'PX', 60_000),
  events: (redis, index, { chunks, chunkBytes }) =>
    redis.xadd(
      'prod:transcription_events',
      '*',
      'event_type',
      'transcript_completed',
      'session_id',
      sha256(`${index}`).slice(0, 36),
      'tenant_id',
      'acme',
      'transcript',
      text(chunks * chunkBytes),
      'timestamp',
      new Date(0).toISOString(),
    ),
};

/**
 * Measures the average bytes per entry, including keys and allocator overhead, and the memory of an empty server.
 *
 * @param shape dimensions of vectors, bytes of a movie, chunks of a session and their bytes
 */
export async function measureEntries(shape) {
  const program = findProgram('redis-server', 'valkey-server');
  if (!program)
    throw new PrerequisiteError(
      'Measuring sizes requires a Redis server, but none is installed. npm start installs one.',
    );
  const folder = mkdtempSync(join(tmpdir(), 'marquee-plan-'));
  const path = join(folder, 'redis.sock');
  const server = spawn(program, ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder], {
    stdio: 'ignore',
  });
  const redis = new Redis({ path, retryStrategy: () => 50, maxRetriesPerRequest: 100 }).on(
    'error',
    () => undefined,
  );
  try {
    const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))[1]);
    await redis.ping();
    const emptyBytes = await used();
    const bytes = {};
    for (const [kind, write] of Object.entries(kinds)) {
      await redis.flushall('SYNC');
      // Lets the connection's buffers settle, which count as used memory.
      await delay(50);
      const before = await used();
      for (let index = 0; index < sampleSize; index += 100)
        await Promise.all(Array.from({ length: 100 }, (_, offset) => write(redis, index + offset, shape)));
      bytes[kind] = Math.max(0, ((await used()) - before) / sampleSize);
    }
    return { bytes, emptyBytes };
  } finally {
    redis.disconnect();
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}
