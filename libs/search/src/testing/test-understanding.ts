import type { Understanding } from '@app/query-understanding';
import { understandNothing } from '../pipeline/understand-nothing.js';

/** Returns what is understood from a query: these facts and nothing else. */
export const testUnderstanding = (query: string, facts: Partial<Understanding> = {}): Understanding => ({
  ...understandNothing(query),
  degraded: [],
  ...facts,
});
