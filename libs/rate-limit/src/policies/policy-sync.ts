import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { RateLimitsUnavailableError } from '../rate-limit.errors.js';
import { Fleet } from './fleet.js';
import type { PoliciesRepository } from './policies.repository.js';
import type { PolicyDocument } from './policy-document.js';
import { PolicyTable } from './policy-table.js';

/** Interval at which this process looks for changes made by others. */
const syncEveryMs = 1_000;
const maxAttempts = 5;

/**
 * Keeps this process's policies the same as those in Redis. If Redis has none, or those of another configuration, this process
 * publishes its own.
 */
export class PolicySync {
  private readonly logger = new Logger('RateLimit');
  readonly fleet = new Fleet();
  private current: PolicyDocument;
  private compiled: PolicyTable;
  /** Whether the current document is, or has been, the one in Redis. */
  private isShared = false;
  private hasComplained = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param configured the document of this process's configuration */
  constructor(
    private readonly repository: PoliciesRepository,
    configured: PolicyDocument,
  ) {
    this.current = configured;
    this.compiled = new PolicyTable(configured);
  }

  get document(): PolicyDocument {
    return this.current;
  }

  get table(): PolicyTable {
    return this.compiled;
  }

  async start(): Promise<void> {
    await this.sync();
    this.timer = setInterval(() => void this.sync(), syncEveryMs);
    this.timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.repository.leave();
  }

  /** Sends a heartbeat and adopts the policies in Redis. Without Redis, nothing changes. */
  async sync(): Promise<void> {
    const outcome = await this.repository.sync(this.isShared ? this.current.version : '');
    if (outcome.status !== 'ok') {
      this.fleet.heartbeatFailed();
      return;
    }
    this.fleet.heartbeat(outcome.value);
    const { version, document: theirs, isReadable } = outcome.value;
    if (!isReadable) this.complain();
    if (theirs && (this.isShared || theirs.base === this.current.base)) {
      this.adopt(theirs);
      this.isShared = true;
    } else if (version === undefined || theirs) {
      // Redis has no policies, or those of an older configuration.
      await this.publishOwn(version, theirs);
    }
  }

  /** Changes the policies of all processes. @throws RateLimitsUnavailableError if Redis did not accept the change */
  async change(make: (document: PolicyDocument) => PolicyDocument): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      await this.sync();
      if (!this.isShared) break;
      const document = { ...make(this.current), version: randomUUID() };
      const published = await this.repository.publish(this.current.version, document);
      if (published.status !== 'ok') break;
      if (!published.value) continue;
      this.adopt(document);
      return;
    }
    throw new RateLimitsUnavailableError(
      'Redis did not confirm the change. Check whether it applies, and try again.',
    );
  }

  private async publishOwn(
    readVersion: string | undefined,
    theirs: PolicyDocument | undefined,
  ): Promise<void> {
    // The policies are published again unchanged after a data loss.
    const isUnchanged = this.isShared && !theirs;
    const document = isUnchanged
      ? this.current
      : { ...withStateOf(theirs, this.current), version: randomUUID() };
    const published = await this.repository.publish(readVersion, document);
    if (published.status !== 'ok' || !published.value || isUnchanged) return;
    this.adopt(document);
    this.isShared = true;
  }

  private adopt(document: PolicyDocument): void {
    this.current = document;
    this.compiled = new PolicyTable(document);
  }

  private complain(): void {
    if (!this.hasComplained)
      this.logger.error('The policies in Redis cannot be read by this version, which keeps its own');
    this.hasComplained = true;
  }
}

/** Takes over the salt, and the overrides of policies that still exist, from the document of another configuration. */
function withStateOf(theirs: PolicyDocument | undefined, own: PolicyDocument): PolicyDocument {
  if (!theirs) return own;
  const names = new Set(own.set.policies.map(({ name }) => name));
  return { ...own, salt: theirs.salt, overrides: theirs.overrides.filter(({ policy }) => names.has(policy)) };
}
