import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MarqueeConfig } from '@app/config';
import {
  type ConsumerState,
  DeadLettersRepository,
  EventConsumer,
  type EventHandler,
  EventsRepository,
  GroupsRepository,
} from '@app/events';
import { ArchiveFileHandler } from './archive-file.handler.js';
import { ArchiveWebhookHandler } from './archive-webhook.handler.js';
import { ConsumersMetrics } from './consumers.metrics.js';

const measureMs = 5_000;

/** Runs the consumers that are configured, and keeps the stream to its bounds. */
@Injectable()
export class ConsumersService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Events');
  private readonly consumers: EventConsumer[];
  private readonly webhook: ArchiveWebhookHandler | undefined;

  constructor(
    private readonly repository: EventsRepository,
    groups: GroupsRepository,
    private readonly deadLetters: DeadLettersRepository,
    private readonly metrics: ConsumersMetrics,
    config: MarqueeConfig,
  ) {
    const { file, webhook } = config.archive;
    this.webhook = webhook && new ArchiveWebhookHandler(config, webhook);
    const handlers: EventHandler[] = [];
    if (file) handlers.push(new ArchiveFileHandler(file));
    if (this.webhook) handlers.push(this.webhook);
    this.consumers = handlers.map((handler) => new EventConsumer(groups, handler, metrics));
  }

  get states(): ConsumerState[] {
    return this.consumers.map(({ state }) => state);
  }

  onApplicationBootstrap(): void {
    for (const consumer of this.consumers) consumer.start();
  }

  /** Redis is still open then: what is being handled is finished and acknowledged. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.webhook?.close();
  }

  @Interval(measureMs)
  async measure(): Promise<void> {
    this.metrics.consumersAre(this.states);
    const trimmed = await this.repository.trim();
    if (trimmed?.hadUnread) {
      this.metrics.trimmedUnread();
      this.logger.error(
        'The event stream is far too long: events went that a consumer group had not acknowledged',
      );
    }
    const [length, groups, dead] = await Promise.all([
      this.repository.length(),
      this.repository.groups(),
      this.deadLetters.length(),
    ]);
    if (dead !== undefined) this.metrics.deadLettersAre(dead);
    // Without a stream there are no groups to ask for.
    if (length !== undefined) this.metrics.measured(length, groups ?? []);
  }
}
