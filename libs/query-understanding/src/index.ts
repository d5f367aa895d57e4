export type { GraphDrawing } from './graph/drawing.js';
export { GraphDefinitionError } from './graph/graph.errors.js';
export { QueryUnderstandingMetrics } from './query-understanding.metrics.js';
export { QueryUnderstandingModule } from './query-understanding.module.js';
export { QueryUnderstandingRepository, UNDERSTANDING_TTL_SECONDS } from './query-understanding.repository.js';
export { QueryUnderstandingService } from './query-understanding.service.js';
export {
  type Facts,
  factsSchema,
  QU_VERSION,
  type Understanding,
  understandingSchema,
} from './understanding.js';
export { understandingGraph } from './understanding-graph.js';
