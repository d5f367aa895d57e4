/** Why a value is stored. */
export type StoreCause = 'set' | 'miss' | 'bypass' | 'refresh';

/** How a write ended. `kept`: a value of the same length was there first. `too-large`: nothing was sent to Redis. */
export type StoreResult = 'stored' | 'kept' | 'too-large' | 'failed';

/** A value to store. */
export interface Write<I, T> {
  readonly input: I;
  readonly key: string;
  /** Undefined for a value that is known to be absent. */
  readonly value: T | undefined;
  /** How long the value is fresh. */
  readonly freshMs: number;
  /** Whether to replace an existing value even in a namespace where the first write wins. */
  readonly replace: boolean;
  readonly cause: StoreCause;
}

export interface Written<I, T> extends Write<I, T> {
  readonly result: StoreResult;
}
