export { CompletionsRepository, type UnhandledCompletion } from './completions.repository.js';
export { type ConsumerOptions, type ConsumerState, EventConsumer } from './consumer.js';
export {
  type DeadLetter,
  type DeadLetterBatch,
  type DeadLetterFilter,
  type DeadLetterPage,
} from './dead-letter.js';
export { DeadLetterNotFoundError, DeadLettersUnavailableError } from './dead-letter.errors.js';
export { DeadLettersRepository } from './dead-letters.repository.js';
export { type BatchOptions, DeadLettersService } from './dead-letters.service.js';
export {
  excerptOf,
  isStreamId,
  MAX_EXCERPT_BYTES,
  type NewEvent,
  prefixOf,
  type StreamEvent,
  type TranscriptReference,
} from './event.js';
export { type EventHandler, EventRejectedError, RetryLaterError } from './event-handler.js';
export { EventHub } from './hub/event-hub.js';
export { TooManyListenersError } from './hub/event-hub.errors.js';
export { MAX_SESSION_EVENTS, SessionEventsRepository } from './hub/session-events.repository.js';
export type { Subscription } from './hub/subscription.js';
export { type ConsumerListener, type ConsumerOutcome } from './event-processor.js';
export { EventsModule } from './events.module.js';
export { EventsRepository, type GroupState, type Published } from './events.repository.js';
export { publishFragment } from './fragments.js';
export { GroupsRepository, type Lane } from './groups.repository.js';
