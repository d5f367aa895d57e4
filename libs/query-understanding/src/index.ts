export {
  type Facts,
  factsSchema,
  QU_VERSION,
  type Understanding,
  understandingSchema,
} from './understanding.js';
export { understandingGraph } from './understanding-graph.js';
