import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '@app/auth';
import type { RedisBudget } from '@app/redis';
import { addressClient } from '../limiter/client.js';
import type { Decision } from '../limiter/decision.js';
import { RateLimiter } from '../limiter/rate-limiter.service.js';
import { RateLimitsUnavailableError } from '../rate-limit.errors.js';
import { answerDecision } from './rate-limit-answer.js';
import { RecentSet } from './recent-set.js';

/** Addresses that are refused at the moment, and callers of an address, that a process remembers. */
const maxBlocks = 10_000;
const maxCallers = 50_000;

interface Block {
  readonly untilMs: number;
  readonly decision: Decision;
}

/**
 * Limits guessing: failed authentications and malformed requests are charged to the client's address, and an address that
 * has used up its quota is refused until some of it is back, whether a key would be right or not. Callers that were served
 * at that address before go on being served, so that a guesser does not shut out its neighbors behind the same NAT or proxy.
 *
 * A request that does not fail costs nothing here, in Redis or elsewhere.
 */
@Injectable()
export class FailureLimiter {
  private readonly logger = new Logger('RateLimit');
  private readonly blocks = new Map<string, Block>();
  private readonly callers = new RecentSet(maxCallers);

  constructor(private readonly limiter: RateLimiter) {}

  /** Remembers who was served at the address. @throws RateLimitExceeded where it is blocked, for a caller not known there */
  admit(request: FastifyRequest, reply: FastifyReply, { tenant, keyName }: Principal): void {
    const caller = `${request.clientAddress} ${tenant} ${keyName}`;
    const block = this.blockOf(request.clientAddress);
    if (block && !this.callers.has(caller)) answerDecision(reply, block);
    this.callers.add(caller);
  }

  /** Charges a failure. @throws RateLimitExceeded where the address has used up its quota, RateLimitsUnavailableError */
  async count(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { clientAddress, redisBudget } = request as FastifyRequest & { readonly redisBudget: RedisBudget };
    const block = this.blockOf(clientAddress);
    const decision = block ?? (await this.charge(clientAddress, redisBudget));
    // What a policy of failures has left is no business of a request that is refused for another reason.
    if (!decision.isAllowed) answerDecision(reply, decision);
  }

  /** Charges a failure of a connection on which there is no request yet. Never rejects. */
  async countWithoutRequest(address: string): Promise<void> {
    if (this.blockOf(address)) return;
    try {
      await this.charge(address, this.limiter.newBudget());
    } catch (error) {
      // A policy that is closed while Redis is away has nobody to refuse here.
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
