import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { Outcome, RedisBudget } from '@app/redis';
import type { CompiledPolicy } from '../policies/compiled-policy.js';
import { PoliciesService } from '../policies/policies.service.js';
import { RateLimitsUnavailableError } from '../rate-limit.errors.js';
import { Claims } from './claims.js';
import { ConcurrencyLeases } from './concurrency-leases.js';
import { DataLossRecovery } from './data-loss-recovery.js';
import {
  type Claim,
  type Decision,
  type Demand,
  type Lease,
  noPolicies,
  type PolicyStanding,
  type Reservation,
  standingOf,
} from './decision.js';
import { gauge, LimiterMetrics } from './limiter.metrics.js';
import { LimitsRepository, type Verdicts } from './limits.repository.js';
import { OutageLimiter } from './outage-limiter.js';
import { refuseLocally } from './refusals.js';
import { reservationOf, settleReservation } from './reservations.js';

/**
 * Decides on requests: all policies of a request in one round trip, none of them charged unless all admit it. A client that
 * was refused is refused without Redis until its wait is over. While Redis is down, each process admits its share.
 */
@Injectable()
export class RateLimiter implements OnApplicationShutdown {
  private readonly logger = new Logger('RateLimit');
  private readonly recovery: DataLossRecovery;
  private readonly claims: Claims;
  private readonly leases: ConcurrencyLeases;
  private readonly outage: OutageLimiter;
  private isDegraded = false;

  constructor(
    private readonly policies: PoliciesService,
    private readonly repository: LimitsRepository,
    private readonly metrics: LimiterMetrics,
    registry: Registry,
  ) {
    this.recovery = new DataLossRecovery(policies, repository);
    this.claims = new Claims(policies, repository, () => this.recovery.history);
    this.leases = new ConcurrencyLeases(repository);
    this.outage = new OutageLimiter(policies, metrics, this.leases);
    const gauges: [name: string, help: string, read: () => number][] = [
      [
        'degraded',
        '1 while decisions are made without Redis',
        () => Number(this.isDegraded && !policies.isReachable),
      ],
      ['processes', 'Processes that share the limits', () => policies.replicas],
      ['known_clients', 'Clients that this process remembers', () => this.claims.states.size],
      ['leases_held', 'Requests in progress that a concurrency limit counts', () => this.leases.size],
    ];
    for (const [name, help, read] of gauges) gauge(registry, `marquee_rate_limit_${name}`, help, read);
  }

  onApplicationShutdown(): void {
    this.leases.stop();
  }

  newBudget(): RedisBudget {
    return this.repository.newBudget();
  }

  /** Whether any policy applies before authentication. */
  get limitsAddresses(): boolean {
    return this.policies.ofAddress(undefined).length > 0;
  }

  /** Decides by the policies before authentication. @throws CostAboveBurstError, RateLimitsUnavailableError */
  decideByAddress(budget: RedisBudget, demand: Demand): Promise<Decision> {
    return this.decide(budget, this.policies.ofAddress(demand.route), demand);
  }

  /** Decides by the policies of a plan. @throws CostAboveBurstError, RateLimitsUnavailableError */
  decideByPlan(budget: RedisBudget, plan: string, demand: Demand): Promise<Decision> {
    return this.decide(budget, this.policies.ofPlan(plan, demand.route), demand);
  }

  /** Charges a failure to the policies that count failures. @throws RateLimitsUnavailableError */
  decideFailure(budget: RedisBudget, address: string): Promise<Decision> {
    const demand = { caller: { address }, route: undefined, cost: 1 };
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

  /** Charges the final cost of a reserved request, and refunds the rest. @throws RangeError if it exceeds the reservation */
  settle(reservation: Reservation, cost: number): Promise<void> {
    return settleReservation(this.repository, reservation, cost);
  }

  /** Releases leases. One that cannot be released in Redis expires there. */
  release(leases: readonly Lease[]): Promise<void> {
    return this.leases.release(leases);
  }

  /**
   * Returns a client's quota and usage, for administrators. Charges nothing.
   *
   * @throws UnknownPolicyError, RateLimitsUnavailableError
   */
  async lookUp(budget: RedisBudget, policyName: string, client: string): Promise<PolicyStanding> {
    const outcome = await this.repository.decide(budget, [this.claims.named(policyName, client)], false);
    const verdict = outcome.status === 'ok' ? outcome.value.verdicts[0] : undefined;
    if (!verdict) throw new RateLimitsUnavailableError('Redis did not reply. Try again.');
    return standingOf(verdict);
  }

  /** Resets what a client has used. @throws UnknownPolicyError, RateLimitsUnavailableError */
  async reset(budget: RedisBudget, policyName: string, client: string): Promise<boolean> {
    const outcome = await this.repository.forget(budget, this.claims.named(policyName, client).key);
    if (outcome.status !== 'ok') throw new RateLimitsUnavailableError('Redis did not reply. Try again.');
    await this.policies.announce();
    return outcome.value > 0;
  }

  private async decide(
    budget: RedisBudget,
    policies: readonly CompiledPolicy[],
    demand: Demand,
  ): Promise<Decision> {
    if (policies.length === 0) return noPolicies;
    const claims = policies.map((policy) => this.claims.of(policy, demand));
    const nowMs = performance.now();
    const isLook = demand.cost === 0;
    const refusal = isLook ? undefined : refuseLocally(claims, nowMs, this.metrics);
    if (refusal) return refusal;
    if (this.recovery.isDue) await this.recovery.check();
    this.recovery.restoreAll(this.claims.states);
    if (nowMs < this.policies.untrustedUntilMs) return this.outage.decide(claims, isLook);
    const sent = this.recovery.attach(claims, nowMs);
    const outcome = await this.repository.decide(budget, sent, demand.settles === true);
    this.recovery.settle(sent, outcome.status === 'ok');
    this.setDegraded(outcome);
    return outcome.status === 'ok'
      ? this.applyReply(outcome.value, demand)
      : this.outage.decide(claims, isLook);
  }

  private applyReply({ isAllowed, verdicts, redisMs }: Verdicts<Claim>, demand: Demand): Decision {
    const repliedAtMs = performance.now();
    const granted: Claim[] = [];
    for (const { charge, waitMs, remaining, resetMs } of verdicts) {
      const { policy, state, units } = charge;
      const charged = isAllowed && waitMs === 0 ? units : 0;
      state.usage.applyReply({ charged, remaining, resetMs }, repliedAtMs);
      if (policy.algorithm.usesLeases) {
        if (waitMs === 0) granted.push(charge);
        // When a lease will be released is unknown, so Redis has to decide again.
      } else if (waitMs > 0 && units > 0) state.refuse(repliedAtMs + waitMs, units, remaining);
      // Bytes are only checked with the request, and charged as they arrive.
      if (demand.cost > 0 && units > 0) this.metrics.countVerdict(policy, isAllowed, { waitMs, remaining });
    }
    return {
      isAllowed,
      isDegraded: false,
      standings: verdicts.map(standingOf),
      reservation:
        isAllowed && redisMs !== undefined
          ? reservationOf(verdicts, demand.cost, { redisMs, repliedAtMs })
          : undefined,
      leases: isAllowed && demand.cost > 0 ? this.leases.take(granted) : [],
    };
  }

  private setDegraded(outcome: Outcome<unknown>): void {
    const isDegraded = outcome.status !== 'ok';
    if (this.isDegraded === isDegraded) return;
    this.isDegraded = isDegraded;
    const code = 'fault' in outcome ? outcome.fault.code : outcome.status;
    if (isDegraded)
      this.logger.warn(`Redis did not decide (${code}). Each process enforces the limits on its own.`);
    else this.logger.log('Redis decides again');
  }
}
