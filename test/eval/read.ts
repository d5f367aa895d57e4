import { readFileSync } from 'node:fs';
import { Catalogue } from '@app/catalogue';
import { nameIndexes, understandingGraph } from '@app/query-understanding';
import type { Example, Reading } from './score.js';

/** The current time for the examples: "last year" is 2025. */
const now = (): Date => new Date('2026-11-21T12:00:00Z');

export function readExamples(file: string): Example[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Example);
}

/** Reads each query with the rules alone. @throws Error if a step fails */
export async function read(examples: readonly Example[]): Promise<Reading[]> {
  const graph = understandingGraph({ names: nameIndexes(new Catalogue().movies), now });
  const readings: Reading[] = [];
  for (const { query } of examples) {
    const { results, degraded } = await graph.run({ query });
    if (degraded.length > 0) throw new Error(`"${query}" failed in ${degraded.join(', ')}`);
    readings.push({ ...results.facts, language: results.language });
  }
  return readings;
}
