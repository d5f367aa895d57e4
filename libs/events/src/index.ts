export {
  type ConsumerListener,
  type ConsumerOptions,
  EventConsumer,
  type EventHandler,
  RetryLaterError,
} from './consumer.js';
export { isStreamId, type NewEvent, type StreamEvent } from './event.js';
export { EventHub, type Subscription, TooManyListenersError } from './event-hub.js';
export { EventsModule } from './events.module.js';
export { EventsRepository, type GroupState, type PendingEntry } from './events.repository.js';
