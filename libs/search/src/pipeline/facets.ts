import type { Movie } from '@app/catalogue';

export const facetNames = ['genres', 'decades', 'certification'] as const;
export type FacetName = (typeof facetNames)[number];

export interface FacetValue {
  readonly value: string;
  readonly count: number;
}

export type Facets = Partial<Record<FacetName, readonly FacetValue[]>>;

const valuesOf: Record<FacetName, (movie: Movie) => readonly string[]> = {
  genres: ({ genres }) => genres,
  decades: ({ releaseDate }) => [`${releaseDate.slice(0, 3)}0s`],
  certification: ({ certification }) => (certification ? [certification] : []),
};

/** Returns how many of the movies have each value, the most frequent first. */
export function countFacets(movies: readonly Movie[], names: readonly FacetName[]): Facets {
  const facets: Facets = {};
  for (const name of names) {
    const counts = new Map<string, number>();
    for (const value of movies.flatMap(valuesOf[name])) counts.set(value, (counts.get(value) ?? 0) + 1);
    facets[name] = [...counts]
      .map(([value, count]) => ({ value, count }))
      .toSorted((a, b) => b.count - a.count || a.value.localeCompare(b.value));
  }
  return facets;
}
