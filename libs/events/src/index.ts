export { type ConsumerOptions, type ConsumerState, EventConsumer } from './consumer.js';
export { isStreamId, type NewEvent, type StreamEvent } from './event.js';
export { type EventHandler, EventRejectedError, RetryLaterError } from './event-handler.js';
export { EventHub, type Subscription, TooManyListenersError } from './event-hub.js';
export { type ConsumerListener, type ConsumerOutcome } from './event-processor.js';
export { EventsModule } from './events.module.js';
export { EventsRepository, type GroupState } from './events.repository.js';
export { GroupsRepository } from './groups.repository.js';
