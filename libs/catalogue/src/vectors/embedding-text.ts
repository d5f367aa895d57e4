import { createHash } from 'node:crypto';
import type { Movie } from '../movie.schema.js';

/** What {@link embeddingTexts} reads of a movie, whether it comes from the catalogue, from TMDB, or from an operator. */
export type EmbeddableMovie = Pick<Movie, 'genres' | 'overview' | 'keywords'>;

/**
 * Returns the texts that represent a movie in a search by meaning; its vector is the {@link meanVector} of theirs. The
 * first holds genres, overview and keywords, the second, which a movie without keywords does not have, the keywords
 * alone. Title and people are left out because a search by words finds those, and because names pull a vector away from
 * the plot. A viewer's query is embedded as it is.
 */
export function embeddingTexts({ genres, overview, keywords }: EmbeddableMovie): string[] {
  const listed = keywords.join(', ');
  const all = [genres.join(', '), overview, listed].filter(Boolean).join('. ');
  return listed ? [all, listed] : [all];
}

/** Returns the mean of vectors, scaled to unit length. */
export function meanVector(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors) {
    for (let index = 0; index < sum.length; index++)
      sum[index] = (sum[index] as number) + (vector[index] ?? 0);
  }
  const length = Math.hypot(...sum);
  return length === 0 ? sum : sum.map((value) => value / length);
}

export const fingerprintBytes = 8;

/** Returns the first bytes of the SHA-256 of a movie's id and embedded texts, which change when either does. */
export function textFingerprint(movie: EmbeddableMovie & Pick<Movie, 'id'>): Buffer {
  const digest = createHash('sha256')
    .update([movie.id, ...embeddingTexts(movie)].join('\t'))
    .digest();
  return digest.subarray(0, fingerprintBytes);
}
