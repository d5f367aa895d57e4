import { createHmac, randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { Outcome, RedisBudget } from '@app/redis';
import type { CompiledPolicy } from '../policies/compiled-policy.js';
import { PoliciesService } from '../policies/policies.service.js';
import { CostAboveBurstError, RateLimitsUnavailableError } from '../rate-limit.errors.js';
import { type Asker, clientOf, limitKey, parseClient } from './client.js';
import { ClientState, ClientStates, type RedisHistory } from './client-states.js';
import {
  type Claim,
  type Decision,
  type Lease,
  nothingToDecide,
  type PolicyStanding,
  type Reservation,
} from './decision.js';
import { Leases } from './leases.js';
import { gauge, LimiterMetrics } from './limiter.metrics.js';
import { LimitsRepository } from './limits.repository.js';
import { LocalLimiter } from './local-limiter.js';

/** What a request asks for. */
export interface Demand {
  readonly asker: Asker;
  /** The route's pattern; undefined for the policies of all routes. */
  readonly route: string | undefined;
  /** What the request costs where a policy does not say so itself; 0 only looks. */
  readonly cost: number;
  readonly costField?: string | undefined;
  /** Bytes of the body to be charged now. */
  readonly contentBytes?: number;
  /** Bytes of the whole body as far as is known: what a policy can never admit is refused for good. */
  readonly bodyBytes?: number;
  /** Whether a part may be given back later. */
  readonly settles?: boolean;
}

/** Clients that a server that has lost its data is told of in one go. */
const restoreBatch = 500;

/**
 * Decides on requests: all policies of one in a single round trip, none charged unless all allow it. A client that was
 * refused is refused without Redis until its wait is over, and while Redis is away each process lets its share pass.
 */
@Injectable()
export class RateLimiter implements OnApplicationShutdown {
  private readonly logger = new Logger('RateLimit');
  private readonly states = new ClientStates();
  private readonly leases: Leases;
  private readonly local: LocalLimiter;
  private isDegraded = false;
  private checkedRecoveries = 0;
  private checking: Promise<void> | undefined;
  private restoredLosses = 0;

  constructor(
    private readonly policies: PoliciesService,
    private readonly repository: LimitsRepository,
    private readonly metrics: LimiterMetrics,
    registry: Registry,
  ) {
    this.leases = new Leases(repository);
    this.local = new LocalLimiter(policies, metrics, this.leases);
    gauge(registry, 'marquee_rate_limit_degraded', '1 while decisions are made without Redis', () =>
      Number(this.isDegraded && !policies.isReachable),
    );
    gauge(
      registry,
      'marquee_rate_limit_processes',
      'Processes that share the limits',
      () => policies.replicas,
    );
    gauge(
      registry,
      'marquee_rate_limit_known_clients',
      'Clients that this process has in mind',
      () => this.states.size,
    );
    gauge(
      registry,
      'marquee_rate_limit_leases_held',
      'Requests under way that a concurrency limit counts',
      () => this.leases.size,
    );
  }

  onApplicationShutdown(): void {
    this.leases.stop();
  }

  /** By the policies that hold before authentication. @throws CostAboveBurstError, RateLimitsUnavailableError */
  decideByAddress(budget: RedisBudget, demand: Demand): Promise<Decision> {
    return this.decide(budget, this.policies.ofAddress(demand.route), demand);
  }

  /** By the policies of a plan. @throws CostAboveBurstError, RateLimitsUnavailableError */
  decideByPlan(budget: RedisBudget, plan: string, demand: Demand): Promise<Decision> {
    return this.decide(budget, this.policies.ofPlan(plan, demand.route), demand);
  }

  newBudget(): RedisBudget {
    return this.repository.newBudget();
  }

  /** Whether any policy holds before authentication. */
  get limitsAddresses(): boolean {
    return this.policies.ofAddress(undefined).length > 0;
  }

  /** Charges a failure to the policies that count them. @throws RateLimitsUnavailableError */
  decideFailure(budget: RedisBudget, address: string): Promise<Decision> {
    const demand = { asker: { address }, route: undefined, cost: 1 };
    return this.decide(budget, this.policies.ofFailures, demand);
  }

  /** Whether a plan has policies that count the bytes of a route's bodies. */
  countsBytes(plan: string, route: string): boolean {
    return this.policies.countingBytes(plan, route).length > 0;
  }

  /**
   * Charges bytes of a body, before or while it is received, to the policies of a plan that count them.
   *
   * @throws CostAboveBurstError, RateLimitsUnavailableError
   */
  decideBytes(
    budget: RedisBudget,
    plan: string,
    demand: Demand & { readonly route: string },
  ): Promise<Decision> {
    return this.decide(budget, this.policies.countingBytes(plan, demand.route), demand);
  }

  /**
   * Charges what a reserved request came to in the end, and gives the rest back. Best effort: what cannot be given back
   * stays charged.
   *
   * @throws RangeError when it came to more than was reserved
   */
  async settle(reservation: Reservation, cost: number): Promise<void> {
    if (!(cost >= 0 && cost <= reservation.cost))
      throw new RangeError(`${cost} is not within the ${reservation.cost} that were reserved`);
    const units = reservation.cost - cost;
    const { refunds, reservedAtMs, repliedAtMs } = reservation;
    if (units === 0 || refunds.length === 0) return;
    const outcome = await this.repository.refund(reservedAtMs, units, refunds);
    for (const { state } of refunds) {
      if (outcome.status === 'ok') state.usage.refund(units, repliedAtMs);
      // What was refused may fit now.
      state.deny(0, 0, 0);
    }
  }

  /** Ends leases. What cannot be told to Redis ends by itself. */
  release(leases: readonly Lease[]): Promise<void> {
    return this.leases.release(leases);
  }

  /**
   * How a client stands, for administrators; nothing is charged.
   *
   * @throws UnknownPolicyError, RateLimitsUnavailableError
   */
  async lookUp(budget: RedisBudget, policyName: string, client: string): Promise<PolicyStanding> {
    const claim = this.claimOf(policyName, client);
    const outcome = await this.repository.decide(budget, [claim], undefined, false);
    if (outcome.status !== 'ok') throw new RateLimitsUnavailableError('Redis did not answer. Ask again.');
    return standingsOf([claim], outcome.value as number[])[0] as PolicyStanding;
  }

  /** Forgets what a client has used. @throws UnknownPolicyError, RateLimitsUnavailableError */
  async reset(budget: RedisBudget, policyName: string, client: string): Promise<boolean> {
    const outcome = await this.repository.forget(budget, this.claimOf(policyName, client).key);
    if (outcome.status !== 'ok') throw new RateLimitsUnavailableError('Redis did not answer. Try again.');
    await this.policies.announce();
    return outcome.value > 0;
  }

  private async decide(
    budget: RedisBudget,
    policies: readonly CompiledPolicy[],
    demand: Demand,
  ): Promise<Decision> {
    if (policies.length === 0) return nothingToDecide;
    const claims = policies.map((policy) => this.claim(policy, demand));
    const nowMs = performance.now();
    if (demand.cost > 0) {
      const denied = this.deniedAlready(claims, nowMs);
      if (denied) return denied;
    }
    if (this.repository.recoveries !== this.checkedRecoveries) await this.checkForDataLoss();
    const { history } = this;
    if (history.losses !== this.restoredLosses) void this.restoreAll(history);
    if (nowMs < this.policies.untrustedUntilMs) return this.local.decide(claims, demand.cost === 0);
    const restored = claims.some(({ state }) => state.mustRestore(history))
      ? claims.map(({ state }) => state.restore(nowMs, history))
      : undefined;
    const outcome = await this.repository.decide(budget, claims, restored, demand.settles === true);
    if (outcome.status === 'ok') {
      this.setDegraded(false);
      restored?.forEach((each, index) => claims[index]?.state.usage.confirmRestored(each));
      return this.applyReply(claims, outcome.value as number[], demand);
    }
    this.setDegraded(true, outcome);
    restored?.forEach((each, index) => claims[index]?.state.undoRestore(each));
    return this.local.decide(claims, demand.cost === 0);
  }

  private get history(): RedisHistory {
    return { recoveries: this.repository.recoveries, losses: this.policies.timesLost };
  }

  /** Asks once whether Redis has come back without its data; requests that come meanwhile wait for the answer. */
  private async checkForDataLoss(): Promise<void> {
    const { recoveries } = this.repository;
    this.checking ??= this.policies.sync().finally(() => {
      this.checkedRecoveries = recoveries;
      this.checking = undefined;
    });
    await this.checking;
  }

  /** Tells a server that has lost its data what this process knows. */
  private async restoreAll(history: RedisHistory): Promise<void> {
    this.restoredLosses = history.losses;
    const nowMs = performance.now();
    const states = [...this.states.inUse(nowMs)];
    for (let start = 0; start < states.length; start += restoreBatch) {
      const batch = states.slice(start, start + restoreBatch).map((state) => {
        const { policy, key } = state;
        return { policy, key, cost: 0, state, restored: state.restore(nowMs, history) };
      });
      const isRestored = await this.repository.restore(batch);
      for (const { state, restored } of batch) {
        if (isRestored) state.usage.confirmRestored(restored);
        else state.undoRestore(restored);
      }
    }
    if (states.length > 0)
      this.logger.log(`Redis has lost its data: told it what ${states.length} clients have used`);
  }

  private claim(configured: CompiledPolicy, demand: Demand): Claim {
    const { asker, cost, costField, contentBytes = 0, bodyBytes = contentBytes } = demand;
    const { policy, state } = this.stateOf(configured, clientOf(configured, asker));
    const { settings, kind, capacity } = policy;
    const { key } = state;
    if (kind === 'l') return { policy, key, state, units: 1, cost: cost === 0 ? '' : randomUUID() };
    const units =
      cost === 0 ? 0 : (settings.cost ?? (settings.unit === 'content-bytes' ? contentBytes : cost));
    const most = policy.countsBytes && cost > 0 ? Math.max(units, bodyBytes) : units;
    if (most > capacity && policy.isEnforced)
      throw new CostAboveBurstError(policy.name, most, capacity, costField);
    return { policy, key, state, units, cost: units };
  }

  private claimOf(policyName: string, text: string): Claim {
    const { policy, isBeforeAuthentication } = this.policies.named(policyName);
    const client = parseClient(policy, isBeforeAuthentication, text);
    const { policy: effective, state } = this.stateOf(policy, client);
    return { policy: effective, key: state.key, state, units: 0, cost: policy.kind === 'l' ? '' : 0 };
  }

  /** The policy, or the client's own in its place, and what is known of the client's use of it. */
  private stateOf(
    configured: CompiledPolicy,
    parts: readonly string[],
  ): { policy: CompiledPolicy; state: ClientState } {
    const client = parts.join(':');
    const policy = this.policies.effective(configured, client);
    const state = this.states.get(client, policy, () => {
      const key = limitKey(this.repository.keys, policy, parts);
      const hash = createHmac('sha256', this.policies.salt).update(key).digest().subarray(0, 9);
      return new ClientState(policy, client, key, hash.toString('base64'), this.history);
    });
    return { policy, state };
  }

  private deniedAlready(claims: readonly Claim[], nowMs: number): Decision | undefined {
    let standings: PolicyStanding[] | undefined;
    for (const { policy, state, units } of claims) {
      if (state.deniedUntilMs <= nowMs || units < state.deniedCost || !policy.isEnforced) continue;
      const waitMs = state.deniedUntilMs - nowMs;
      const { client, partitionKey, deniedRemaining: remaining } = state;
      (standings ??= []).push({ policy, client, partitionKey, remaining, resetMs: waitMs, waitMs });
      this.metrics.count(policy.name, 'refused_locally');
    }
    return standings && { ...nothingToDecide, isAllowed: false, standings };
  }

  private applyReply(claims: readonly Claim[], reply: readonly number[], demand: Demand): Decision {
    const isAllowed = reply[0] === 1;
    const standings = standingsOf(claims, reply);
    const nowMs = performance.now();
    let hasLease = false;
    for (let index = 0; index < claims.length; index++) {
      const { policy, state, units } = claims[index] as Claim;
      const { waitMs, remaining } = standings[index] as PolicyStanding;
      if (policy.kind === 'l') hasLease = true;
      else {
        const charged = isAllowed && waitMs === 0 ? units : 0;
        state.usage.applyReply({ charged, remaining, resetMs: reply[3 + 3 * index] as number }, nowMs);
        if (waitMs > 0 && units > 0) state.deny(nowMs + waitMs, units, remaining);
      }
      // Looked at, not charged: bytes are charged as they arrive.
      if (demand.cost === 0 || units === 0) continue;
      if (waitMs > 0) this.metrics.count(policy.name, policy.isEnforced ? 'refused' : 'would_refuse');
      else if (isAllowed) {
        this.metrics.count(policy.name, 'allowed');
        if (remaining * 10 <= policy.capacity) this.metrics.count(policy.name, 'near_limit');
      }
    }
    const reservation =
      isAllowed && demand.settles
        ? reservationOf(claims, standings, demand, { redisMs: reply.at(-1) as number, repliedAtMs: nowMs })
        : undefined;
    const leases = hasLease && isAllowed && demand.cost > 0 ? this.leases.take(claims, standings) : [];
    return { isAllowed, isDegraded: false, standings, reservation, leases };
  }

  private setDegraded(isDegraded: boolean, outcome?: Outcome<unknown>): void {
    if (this.isDegraded === isDegraded) return;
    this.isDegraded = isDegraded;
    const code = outcome && 'fault' in outcome ? outcome.fault.code : outcome?.status;
    if (isDegraded) this.logger.warn(`Redis did not decide (${code}): limits are kept by each process`);
    else this.logger.log('Redis decides again');
  }
}

function standingsOf(claims: readonly Claim[], reply: readonly number[]): PolicyStanding[] {
  return claims.map(({ policy, state: { client, partitionKey } }, index) => {
    const at = 1 + 3 * index;
    const waitMs = reply[at] as number;
    const resetMs = waitMs > 0 ? waitMs : (reply[at + 2] as number);
    return { policy, client, partitionKey, remaining: reply[at + 1] as number, resetMs, waitMs };
  });
}

function reservationOf(
  claims: readonly Claim[],
  standings: readonly PolicyStanding[],
  { cost }: Demand,
  { redisMs, repliedAtMs }: { readonly redisMs: number; readonly repliedAtMs: number },
): Reservation {
  const refunds = claims.flatMap(({ policy, key, state }, index) => {
    const { waitMs, resetMs } = standings[index] as PolicyStanding;
    // What a policy charges by its own measure does not depend on what the request came to.
    const isItsOwn = policy.settings.cost !== undefined || policy.settings.unit !== 'requests';
    return waitMs > 0 || isItsOwn ? [] : [{ policy, key, state, windowEndsMs: redisMs + resetMs }];
  });
  return { cost, reservedAtMs: redisMs, repliedAtMs, refunds };
}
