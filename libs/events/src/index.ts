export {
  type ConsumerListener,
  type ConsumerOptions,
  EventConsumer,
  type EventHandler,
  RetryLaterError,
} from './consumer.js';
export { CompletionsRepository, type UnhandledCompletion } from './completions.repository.js';
export {
  excerptOf,
  isStreamId,
  MAX_EXCERPT_BYTES,
  type NewEvent,
  prefixOf,
  type StreamEvent,
  type TranscriptReference,
} from './event.js';
export { EventHub, type Subscription, TooManyListenersError } from './event-hub.js';
export { EventsModule } from './events.module.js';
export {
  EventsRepository,
  type GroupState,
  type PendingEntry,
  type Published,
  publishFragment,
} from './events.repository.js';
export { MAX_SESSION_EVENTS, SessionEventsRepository } from './session-events.repository.js';
