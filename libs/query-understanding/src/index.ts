export type { GraphDrawing } from './graph/drawing.js';
export { QueryUnderstandingModule } from './query-understanding.module.js';
export { QueryUnderstandingService } from './query-understanding.service.js';
export { type Facts, QU_VERSION, type Understanding, understandingSchema } from './understanding.js';
export { nameIndexes, understandingGraph } from './understanding-graph.js';
export { normalize } from './words/words.js';
