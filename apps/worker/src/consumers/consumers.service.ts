import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { MarqueeConfig } from '@app/config';
import {
  CompletionsRepository,
  type ConsumerState,
  DeadLettersRepository,
  EventConsumer,
  type EventHandler,
  EventsRepository,
  GroupsRepository,
} from '@app/events';
import { CompletedTranscripts, CompletionsKeeper } from '@app/sessions';
import { ArchiveFileHandler } from './archive-file.handler.js';
import { ArchiveWebhookHandler } from './archive-webhook.handler.js';
import { ConsumersMetrics } from './consumers.metrics.js';

const measureMs = 5_000;

/** Runs the configured consumers, and trims the stream to its limits. */
@Injectable()
export class ConsumersService implements OnApplicationBootstrap, OnModuleDestroy {
  private isKeeping = false;
  private readonly consumers: EventConsumer[];
  private readonly webhook: ArchiveWebhookHandler | undefined;

  constructor(
    private readonly repository: EventsRepository,
    groups: GroupsRepository,
    private readonly deadLetters: DeadLettersRepository,
    private readonly completions: CompletionsRepository,
    private readonly keeper: CompletionsKeeper,
    transcripts: CompletedTranscripts,
    private readonly metrics: ConsumersMetrics,
    config: MarqueeConfig,
  ) {
    const { file, webhook } = config.archive;
    this.webhook = webhook && new ArchiveWebhookHandler(config, webhook, transcripts);
    const handlers: EventHandler[] = [];
    if (file) handlers.push(new ArchiveFileHandler(file, transcripts));
    if (this.webhook) handlers.push(this.webhook);
    this.consumers = handlers.map((handler) => new EventConsumer(groups, handler, metrics));
  }

  get states(): ConsumerState[] {
    return this.consumers.map(({ state }) => state);
  }

  onApplicationBootstrap(): void {
    for (const consumer of this.consumers) consumer.start();
  }

  /** Redis is still connected at this point, so events in progress are finished and acknowledged. */
  async onModuleDestroy(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    await this.webhook?.close();
  }

  @Interval(measureMs)
  async measure(): Promise<void> {
    this.metrics.setConsumers(this.states);
    await this.repository.trim();
    const [length, bytes, groups, completions, dead] = await Promise.all([
      this.repository.length(),
      this.repository.bytes(),
      this.repository.groups(),
      this.completions.count(),
      this.deadLetters.length(),
    ]);
    if (dead !== undefined) this.metrics.setDeadLetters(dead);
    // `groups` is undefined if the stream does not exist.
    if (length !== undefined) this.metrics.measured({ length, bytes, groups: groups ?? [], completions });
    await this.keepCompletions();
  }

  /** Runs only one check at a time, because many waiting completions can take longer than the interval. */
  private async keepCompletions(): Promise<void> {
    if (this.isKeeping) return;
    this.isKeeping = true;
    try {
      this.metrics.completionsKept(await this.keeper.keep());
    } finally {
      this.isKeeping = false;
    }
  }
}
