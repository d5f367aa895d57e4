export { type ConsumerOptions, type ConsumerState, EventConsumer } from './consumer.js';
export {
  type DeadLetter,
  type DeadLetterBatch,
  type DeadLetterFilter,
  DeadLetterNotFoundError,
  type DeadLetterPage,
  DeadLettersUnavailableError,
} from './dead-letter.js';
export { DeadLettersRepository } from './dead-letters.repository.js';
export { type BatchOptions, DeadLettersService } from './dead-letters.service.js';
export { isStreamId, type NewEvent, type StreamEvent } from './event.js';
export { type EventHandler, EventRejectedError, RetryLaterError } from './event-handler.js';
export { EventHub, type Subscription, TooManyListenersError } from './event-hub.js';
export { type ConsumerListener, type ConsumerOutcome } from './event-processor.js';
export { EventsModule } from './events.module.js';
export { EventsRepository, type GroupState } from './events.repository.js';
export { GroupsRepository } from './groups.repository.js';
