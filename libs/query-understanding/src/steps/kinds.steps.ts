import { type ConceptMention, ruleTimeoutMs, step } from './values.js';

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

const namesOf = (
  concepts: readonly ConceptMention[],
  kind: ConceptMention['kind'],
  isExcluded: boolean,
): string[] =>
  unique(
    concepts
      .filter((concept) => concept.kind === kind && concept.isExcluded === isExcluded)
      .map(({ name }) => name),
  );

/** "no superhero action movies" excludes superheroes, not action. */
const isKindOf = ({ kind, span }: ConceptMention, concepts: readonly ConceptMention[]): boolean =>
  kind === 'genre' &&
  concepts.some(
    (other) =>
      other.kind === 'theme' &&
      other.isExcluded &&
      other.span.to === span.from &&
      other.span.from < span.from,
  );

export const genresStep = step({
  name: 'genres',
  description: "Collects TMDB's genres, requested and excluded",
  inputs: ['concepts'],
  timeoutMs: ruleTimeoutMs,
  run: ({ concepts }) => {
    const ofKind = (isExcluded: boolean) =>
      unique(
        concepts
          .filter(
            (concept) => concept.isExcluded === isExcluded && !(isExcluded && isKindOf(concept, concepts)),
          )
          .flatMap(({ genres }) => genres),
      );
    return { genres: ofKind(false), excludedGenres: ofKind(true) };
  },
  fallback: () => ({ genres: [], excludedGenres: [] }),
});

export const moodsStep = step({
  name: 'moods',
  description: 'Collects moods, requested and excluded',
  inputs: ['concepts'],
  timeoutMs: ruleTimeoutMs,
  run: ({ concepts }) => ({
    moods: namesOf(concepts, 'mood', false),
    excluded: namesOf(concepts, 'mood', true),
  }),
  fallback: () => ({ moods: [], excluded: [] }),
});

export const themesStep = step({
  name: 'themes',
  description: 'Collects themes, requested and excluded',
  inputs: ['concepts'],
  timeoutMs: ruleTimeoutMs,
  run: ({ concepts }) => ({
    themes: namesOf(concepts, 'theme', false),
    excluded: namesOf(concepts, 'theme', true),
  }),
  fallback: () => ({ themes: [], excluded: [] }),
});
