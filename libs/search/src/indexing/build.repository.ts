import { Injectable } from '@nestjs/common';
import { InjectRedis, RedisBudget, RedisClient, refusalOf, shared } from '@app/redis';
import { z } from 'zod';
import { verifyChunk } from '../snapshot/snapshot-chunk.js';
import { IndexNotPublishedError, UnreadableSnapshotError } from '../snapshot/snapshot.errors.js';

const bulkBudgetFactor = 10;
/** How long an interrupted build can be continued. */
const ttlMs = 86_400_000;

const idsSchema = z.array(z.int().positive());

/**
 * Stores what a build has done so far, so that another worker can continue it: the ids of its movies in
 * `{env}:index:build:{build}:ids`, and each finished batch as a chunk in `{env}:index:build:{build}:{batch}`.
 */
@Injectable()
export class BuildRepository {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {}

  /** Returns undefined if there are none. */
  async ids(build: string): Promise<readonly number[] | undefined> {
    const bytes = await this.read(build, 'ids');
    return bytes && idsSchema.safeParse(JSON.parse(bytes.toString())).data;
  }

  /** @throws RedisRefusalError, IndexNotPublishedError */
  writeIds(build: string, ids: readonly number[]): Promise<void> {
    return this.write(build, 'ids', Buffer.from(JSON.stringify(ids)));
  }

  /** Returns undefined if the batch is not finished. */
  async batch(build: string, batch: number): Promise<Buffer | undefined> {
    const bytes = await this.read(build, `${batch}`);
    if (!bytes) return undefined;
    try {
      verifyChunk(bytes);
      return bytes;
    } catch (error) {
      // It is built again.
      if (error instanceof UnreadableSnapshotError) return undefined;
      throw error;
    }
  }

  /** @throws RedisRefusalError, IndexNotPublishedError */
  writeBatch(build: string, batch: number, chunk: Buffer): Promise<void> {
    return this.write(build, `${batch}`, chunk);
  }

  /** Deletes what a finished build has stored. */
  async delete(build: string, batches: number): Promise<void> {
    const names = ['ids', ...Array.from({ length: batches }, (_, batch) => `${batch}`)];
    await this.redis.delete(
      this.bulkBudget(),
      names.map((name) => this.key(build, name)),
    );
  }

  private async read(build: string, name: string): Promise<Buffer | undefined> {
    const outcome = await this.redis.getLarge(this.bulkBudget(), this.key(build, name));
    return outcome.status === 'ok' ? outcome.value : undefined;
  }

  private async write(build: string, name: string, bytes: Buffer): Promise<void> {
    const outcome = await this.redis.setLarge(this.bulkBudget(), {
      key: this.key(build, name),
      bytes,
      ttlMs,
    });
    if (outcome.status !== 'ok')
      throw (
        refusalOf(outcome, 'index:build:*') ?? new IndexNotPublishedError('Redis did not store a part of it')
      );
  }

  private key(build: string, name: string): string {
    return this.redis.keys.key(shared('index'), 'build', build, name);
  }

  private bulkBudget(): RedisBudget {
    return new RedisBudget(bulkBudgetFactor * this.redis.newBudget().totalMs);
  }
}
