import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '@app/auth';
import type { RedisBudget } from '@app/redis';
import { addressClient } from '../limiter/client.js';
import type { Decision } from '../limiter/decision.js';
import { RateLimiter } from '../limiter/rate-limiter.service.js';
import { RateLimitsUnavailableError } from '../rate-limit.errors.js';
import { applyDecision } from './apply-decision.js';
import { RecentSet } from './recent-set.js';

/** Blocked addresses, and known callers of an address, that a process remembers. */
const maxBlocks = 10_000;
const maxCallers = 50_000;

interface Block {
  readonly untilMs: number;
  readonly decision: Decision;
}

/**
 * Limits the guessing of keys: failed authentications and malformed requests are charged to the client's address. An address
 * that has used up its quota is refused, even with a valid key, until part of the quota is available again. Callers that were
 * served at that address before are still served, so that a guesser does not block its neighbors behind the same NAT or proxy.
 *
 * A request that does not fail costs nothing here, not even a round trip to Redis.
 */
@Injectable()
export class FailureLimiter {
  private readonly logger = new Logger('RateLimit');
  private readonly blocks = new Map<string, Block>();
  private readonly callers = new RecentSet(maxCallers);

  constructor(private readonly limiter: RateLimiter) {}

  /** Remembers the caller of an address. @throws RateLimitExceeded if the address is blocked and the caller is unknown there */
  admit(request: FastifyRequest, reply: FastifyReply, { tenant, keyName }: Principal): void {
    const caller = `${request.clientAddress} ${tenant} ${keyName}`;
    const block = this.blockOf(request.clientAddress);
    if (block && !this.callers.has(caller)) applyDecision(reply, block);
    this.callers.add(caller);
  }

  /** Charges a failure. @throws RateLimitExceeded if the address has used up its quota, RateLimitsUnavailableError */
  async count(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { clientAddress, redisBudget } = request as FastifyRequest & { readonly redisBudget: RedisBudget };
    const block = this.blockOf(clientAddress);
    const decision = block ?? (await this.charge(clientAddress, redisBudget));
    // A request that failed for another reason does not get the fields of the failure policy.
    if (!decision.isAllowed) applyDecision(reply, decision);
  }

  /** Charges a failure of a connection without a request. Never rejects. */
  async countWithoutRequest(address: string): Promise<void> {
    if (this.blockOf(address)) return;
    try {
      await this.charge(address, this.limiter.newBudget());
    } catch (error) {
      // There is no request that a policy with `onRedisFailure: closed` could refuse.
      if (!(error instanceof RateLimitsUnavailableError)) this.logger.error(error);
    }
  }

  private async charge(address: string, budget: RedisBudget): Promise<Decision> {
    const decision = await this.limiter.decideFailure(budget, address);
    if (!decision.isAllowed) this.block(address, decision);
    return decision;
  }

  private block(address: string, decision: Decision): void {
    const waits = decision.standings.map(({ policy, waitMs }) => (policy.isEnforced ? waitMs : 0));
    const client = addressClient(address);
    this.blocks.delete(client);
    this.blocks.set(client, { untilMs: performance.now() + Math.max(...waits), decision });
    if (this.blocks.size <= maxBlocks) return;
    const [oldest] = this.blocks.keys();
    this.blocks.delete(oldest as string);
  }

  private blockOf(address: string): Decision | undefined {
    if (this.blocks.size === 0) return undefined;
    const client = addressClient(address);
    const block = this.blocks.get(client);
    if (!block) return undefined;
    const leftMs = block.untilMs - performance.now();
    if (leftMs <= 0) {
      this.blocks.delete(client);
      return undefined;
    }
    const standings = block.decision.standings.map((standing) =>
      standing.waitMs > 0
        ? { ...standing, waitMs: Math.min(standing.waitMs, leftMs), resetMs: leftMs }
        : standing,
    );
    return { ...block.decision, standings };
  }
}
