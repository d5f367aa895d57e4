import type { SearchPlan } from './search-plan.js';
import type { Ranked } from './rank.js';

/** A movie that shares less than this with the words is not an answer to them. */
const minRelevance = 0.45;
/** The best of an answer has to be this relevant, or the words are about something else than movies. */
const minBestRelevance = 0.5;

/** Returns the ranked movies that are relevant. Where the words only name constraints, everything that satisfies them is. */
export function cutOff(ranked: readonly Ranked[], plan: SearchPlan, unknownWords: number): readonly Ranked[] {
  if (plan.wordCount === 0 || plan.references.length > 0) return ranked;
  const best = ranked.reduce((most, { relevance }) => Math.max(most, relevance), 0);
  const isUnderstood = plan.themes.length + plan.moods.length > 0 || isConstrained(plan);
  if (isUnderstood) return ranked;
  if (best < minBestRelevance || unknownWords > 0.5) return ranked.filter(({ parts }) => parts.title > 0);
  return ranked.filter(({ relevance }) => relevance >= Math.min(minRelevance, best));
}

function isConstrained({ constraints }: SearchPlan): boolean {
  const { people, genres, excludedGenres, years, runtimeMinutes, certifications, languages, minRating } =
    constraints;
  return (
    people.length + genres.length + excludedGenres.length + certifications.length + languages.length > 0 ||
    [years.from, years.to, runtimeMinutes.from, runtimeMinutes.to, minRating].some((bound) => bound !== null)
  );
}
