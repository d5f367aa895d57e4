import type { Ranked } from './rank.js';
import { offTopicWords } from './off-topic-words.js';
import { relaxable, type SearchPlan } from './search-plan.js';
import { plainText } from '../text/plain-text.js';

/**
 * With less evidence than this, the words are not about a movie: the best similarity plus the best BM25 score on the scale
 * below. Chosen between remembered plots and questions about other things.
 */
const minEvidence = 0.54;
const wordsScoreScale = 500;
const themesEvidence = 0.05;
const wordsAloneEvidence = 0.25;
const unknownWordsPenalty = 0.3;
const offTopicPenalty = 0.2;

/** A movie whose text matches less than this share of the best match is not an answer. */
const minShareOfBest = 0.15;

/** Returns the ranked movies that are relevant. If the words name constraints, every movie that satisfies them is. */
export function cutOff(ranked: readonly Ranked[], plan: SearchPlan, unknownWords: number): readonly Ranked[] {
  if (plainText(plan.query) === '' && plan.intent !== 'similar') return [];
  if (plan.isBrowsing || plan.references.length > 0) return ranked;
  if (plan.moods.length > 0 || isConstrained(plan)) return ranked;
  if (evidenceFor(ranked, plan, unknownWords) < minEvidence)
    return ranked.filter(({ parts }) => parts.title > 0);
  const best = ranked.reduce((most, each) => Math.max(most, matchOf(each)), 0);
  return ranked.filter((each) => matchOf(each) >= minShareOfBest * best);
}

const matchOf = ({ parts }: Ranked): number => parts.title + parts.words + parts.meaning + parts.themes;

function evidenceFor(ranked: readonly Ranked[], plan: SearchPlan, unknownWords: number): number {
  let [similarity, wordsScore, coverage] = [0, 0, 0];
  for (const { candidate } of ranked) {
    similarity = Math.max(similarity, candidate.meaning?.score ?? 0);
    wordsScore = Math.max(wordsScore, candidate.words?.score ?? 0);
    coverage = Math.max(coverage, candidate.words?.coverage ?? 0);
  }
  const isOffTopic = plainText(plan.query)
    .split(' ')
    .some((word) => offTopicWords.has(word));
  return (
    // Without embeddings, the share of the words that one movie contains has to do.
    (similarity > 0 ? similarity + wordsScore / wordsScoreScale : coverage + wordsAloneEvidence) +
    (plan.themes.length > 0 ? themesEvidence : 0) -
    unknownWordsPenalty * unknownWords -
    (isOffTopic ? offTopicPenalty : 0)
  );
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
