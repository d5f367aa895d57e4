import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  loadScript,
  type Outcome,
  RedisBudget,
  RedisClient,
  refusalOf,
  shared,
} from '@app/redis';
import type { EncodedSnapshot } from './encoded-snapshot.js';
import { parsePointer, pointerTo, type SnapshotPointer, toEncodedSnapshot } from './snapshot-pointer.js';
import { IndexNotPublishedError, IndexSupersededError, UnreadableSnapshotError } from './snapshot.errors.js';

const publish = loadScript('publish-n', new URL('./scripts/publish-n.lua', import.meta.url));

/** A chunk takes longer to transfer than a request may wait for Redis. */
const bulkBudgetFactor = 10;
/** Chunks whose builder dies expire. Publishing removes the TTL. */
const unpublishedTtlMs = 600_000;
/** How long processes can finish reading the replaced snapshot. */
const replacedTtlMs = 600_000;
const maxAttempts = 5;

type PublishResult = 'published' | 'changed' | 'superseded' | 'incomplete';

/**
 * Stores the index as a snapshot: its chunks in `{env}:index:{version}:{chunk}`, and a pointer in `{env}:index:current`, which
 * is set last. Neither has a TTL while it is current. All keys are in one slot.
 */
@Injectable()
export class SnapshotRepository {
  private readonly pointerKey: string;

  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {
    redis.register(publish);
    this.pointerKey = redis.keys.key(shared('index'), 'current');
  }

  /** Reads the pointer; a miss if nothing is published. @throws UnreadableSnapshotError */
  async pointer(budget = this.redis.newBudget()): Promise<Outcome<SnapshotPointer>> {
    const outcome = await this.redis.get(budget, this.pointerKey);
    return outcome.status === 'ok'
      ? { status: 'ok', value: parsePointer(outcome.value.toString()) }
      : outcome;
  }

  /** Reads all chunks, one at a time. @throws UnreadableSnapshotError if a chunk is missing or Redis does not reply */
  async read(pointer: SnapshotPointer): Promise<EncodedSnapshot> {
    const chunks: Buffer[] = [];
    for (const key of this.chunkKeys(pointer)) {
      const outcome = await this.redis.getLarge(this.bulkBudget(), key);
      if (outcome.status !== 'ok')
        throw new UnreadableSnapshotError(`chunk ${chunks.length} of ${pointer.chunks}: ${outcome.status}`);
      chunks.push(outcome.value);
    }
    return toEncodedSnapshot(pointer, chunks);
  }

  /**
   * Stores a snapshot and makes it current.
   *
   * @param fence the fencing number of the builder
   * @param signal aborts before the snapshot becomes current
   * @throws IndexNotPublishedError, IndexSupersededError, RedisRefusalError, and the signal's reason
   */
  async publish(snapshot: EncodedSnapshot, fence: number, signal?: AbortSignal): Promise<SnapshotPointer> {
    const pointer = pointerTo(snapshot, fence);
    await this.writeChunks(snapshot, pointer, signal);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      signal?.throwIfAborted();
      const current = await this.currentPointer();
      const result = await this.switchTo(pointer, current);
      if (result === 'published') return pointer;
      if (result === 'superseded') throw new IndexSupersededError();
      if (result === 'incomplete') throw new IndexNotPublishedError('Redis lost a part of it');
    }
    throw new IndexNotPublishedError('others publish at the same time');
  }

  /**
   * Stores a snapshot that Redis has lost, unless something is published. Returns whether it is current now.
   *
   * @throws IndexNotPublishedError, RedisRefusalError
   */
  async restore(snapshot: EncodedSnapshot, fence: number): Promise<boolean> {
    const pointer = pointerTo(snapshot, fence);
    await this.writeChunks(snapshot, pointer);
    const result = await this.switchTo(pointer, '');
    if (result === 'incomplete') throw new IndexNotPublishedError('Redis lost a part of it');
    return result === 'published';
  }

  private async writeChunks(
    { chunks }: EncodedSnapshot,
    pointer: SnapshotPointer,
    signal?: AbortSignal,
  ): Promise<void> {
    for (const [index, key] of this.chunkKeys(pointer).entries()) {
      signal?.throwIfAborted();
      const entry = { key, bytes: chunks[index] as Buffer, ttlMs: unpublishedTtlMs };
      confirmed(await this.redis.setLarge(this.bulkBudget(), entry));
    }
  }

  private async switchTo(pointer: SnapshotPointer, current: string): Promise<PublishResult> {
    const chunks = this.chunkKeys(pointer);
    const replaced = current === '' ? [] : this.replacedKeys(current, pointer);
    const outcome = await this.redis.run(this.bulkBudget(), publish, {
      keys: [this.pointerKey, ...chunks, ...replaced],
      args: [JSON.stringify(pointer), chunks.length, pointer.fence, current, replacedTtlMs],
      // A second run finds its own pointer.
      idempotent: true,
    });
    return String(confirmed(outcome)) as PublishResult;
  }

  /** Returns the pointer as it is stored; empty if there is none. */
  private async currentPointer(): Promise<string> {
    const outcome = await this.redis.get(this.bulkBudget(), this.pointerKey);
    return outcome.status === 'miss' ? '' : confirmed(outcome).toString();
  }

  /** Returns the chunks of the replaced snapshot; none if its pointer cannot be read, or if it is the same snapshot. */
  private replacedKeys(current: string, { version }: SnapshotPointer): string[] {
    try {
      const replaced = parsePointer(current);
      return replaced.version === version ? [] : this.chunkKeys(replaced);
    } catch (error) {
      if (error instanceof UnreadableSnapshotError) return [];
      throw error;
    }
  }

  private chunkKeys({ version, chunks }: SnapshotPointer): string[] {
    return Array.from({ length: chunks }, (_, chunk) =>
      this.redis.keys.key(shared('index'), version, `${chunk}`),
    );
  }

  private bulkBudget(): RedisBudget {
    return new RedisBudget(bulkBudgetFactor * this.redis.newBudget().totalMs);
  }
}

/** @throws RedisRefusalError if Redis refused the call, IndexNotPublishedError if it did not confirm it */
function confirmed<T>(outcome: Outcome<T>): T {
  if (outcome.status === 'ok') return outcome.value;
  throw refusalOf(outcome, 'index:*') ?? new IndexNotPublishedError('Redis did not confirm it');
}
