import type { StreamEvent } from '../event.js';

/** A request for the events of a session. */
export interface Subscription {
  readonly sessionId: string;
  /** The id of the last event that the listener has. Only new events are sent if this is undefined. */
  readonly afterId: string | undefined;
  /**
   * Sends events to the listener. All listeners of a session receive the same array, so that it can be encoded once. Returns
   * false if the listener does not keep up, which ends its subscription.
   */
  readonly send: (events: readonly StreamEvent[]) => boolean;
  /** Called once, before the remaining events are sent, if some events after `afterId` are no longer available. */
  readonly missing: () => void;
  /** Resolves when the listener has sent its buffered events. Missed events are sent no faster than that. */
  readonly drained: () => Promise<void>;
  /** Called when the hub ends the subscription. */
  readonly end: () => void;
}
