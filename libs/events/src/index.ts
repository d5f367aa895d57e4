export { CompletionsRepository, type UnhandledCompletion } from './completions.repository.js';
export type { ConsumerOptions } from './consumer/consumer-options.js';
export type { ConsumerState } from './consumer/consumer-state.js';
export { EventConsumer } from './consumer/event-consumer.js';
export { type EventHandler, EventRejectedError, RetryLaterError } from './consumer/event-handler.js';
export type { Lane } from './consumer/group-entries.js';
export { GroupsRepository } from './consumer/groups.repository.js';
export type { ConsumerListener, ConsumerOutcome } from './consumer/processor-context.js';
export type {
  DeadLetter,
  DeadLetterBatch,
  DeadLetterFilter,
  DeadLetterPage,
} from './dead-letters/dead-letter.js';
export { DeadLetterNotFoundError, DeadLettersUnavailableError } from './dead-letters/dead-letter.errors.js';
export { DeadLettersRepository } from './dead-letters/dead-letters.repository.js';
export { type BatchOptions, DeadLettersService } from './dead-letters/dead-letters.service.js';
export {
  excerptOf,
  isStreamId,
  MAX_EXCERPT_BYTES,
  type NewEvent,
  prefixOf,
  type StreamEvent,
  type TranscriptReference,
} from './event.js';
export { EventsModule } from './events.module.js';
export { EventsRepository, type GroupState, type Published } from './events.repository.js';
export { publishFragment } from './fragments.js';
export { EventHub } from './hub/event-hub.js';
export { TooManyListenersError } from './hub/event-hub.errors.js';
export { MAX_SESSION_EVENTS, SessionEventsRepository } from './hub/session-events.repository.js';
export type { Subscription } from './hub/subscription.js';
