import { relaxable, type SearchPlan } from './search-plan.js';
import type { Ranked } from './rank.js';

/** A movie that shares less than this with the words is not an answer to them. */
const minRelevance = 0.45;
/** The best of an answer has to be this relevant, or the words are about something else than movies. */
const minBestRelevance = 0.5;

/** Returns the ranked movies that are relevant. Where the words only name constraints, everything that satisfies them is. */
export function cutOff(ranked: readonly Ranked[], plan: SearchPlan, unknownWords: number): readonly Ranked[] {
  if (plan.isBrowsing || plan.references.length > 0) return ranked;
  const best = ranked.reduce((most, { relevance }) => Math.max(most, relevance), 0);
  const isUnderstood = plan.themes.length + plan.moods.length > 0 || isConstrained(plan);
  if (isUnderstood) return ranked;
  if (best < minBestRelevance || unknownWords > 0.5) return ranked.filter(({ parts }) => parts.title > 0);
  return ranked.filter(({ relevance }) => relevance >= Math.min(minRelevance, best));
}

/** Whether the words, not only the filters, demand something. */
function isConstrained(plan: SearchPlan): boolean {
  const { constraints, filters } = plan;
  return (
    constraints.people.length > filters.people.length ||
    constraints.excludedGenres.length > filters.excludedGenres.length ||
    relaxable(plan).length > 0
  );
}
