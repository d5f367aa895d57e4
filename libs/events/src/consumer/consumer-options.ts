export interface ConsumerOptions {
  /** Entries that were not acknowledged for this long are taken over. Also the interval between attempts of an event. */
  readonly claimIdleMs: number;
  /** Maximum number of counted attempts, after which an event becomes a dead letter. */
  readonly attempts: number;
  /** Maximum number of events that are handled at once. */
  readonly concurrency: number;
  /** Delay after the first failure of the downstream. It doubles with each failure. */
  readonly minRetryMs: number;
  readonly maxRetryMs: number;
}

export const defaultConsumerOptions: ConsumerOptions = {
  claimIdleMs: 30_000,
  attempts: 5,
  concurrency: 8,
  minRetryMs: 1_000,
  maxRetryMs: 30_000,
};
