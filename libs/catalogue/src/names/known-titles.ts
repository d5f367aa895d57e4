import { readFileSync } from 'node:fs';
import type { Movie } from '../movie.schema.js';

/** A title by which viewers name a movie or a series. */
export interface KnownTitle {
  /** The title that English-speaking viewers use. */
  readonly title: string;
  /** Other titles of the same movie: in the original language, abroad, shortened. */
  readonly alternatives: readonly string[];
  /** Year of release; of a series, that of its first movie. */
  readonly year: number;
  /** Whether viewers name it often enough for it to be recognized without further signs. */
  readonly isFamous: boolean;
}

type ListedTitle = readonly [title: string, year: number];

/** Titles of movies that the catalogue does not describe. */
const furtherTitlesFile = new URL('../data/further-titles.json', import.meta.url);
const minFamousPopularity = 3;

/** Returns the titles of the movies, of their series, and of movies beyond the catalogue, the best known first. */
export function knownTitles(movies: readonly Movie[]): KnownTitle[] {
  const further = JSON.parse(readFileSync(furtherTitlesFile, 'utf8')) as Readonly<
    Record<'famous' | 'others', readonly ListedTitle[]>
  >;
  const described = movies.toSorted(
    (a, b) => popularityOf(b) - popularityOf(a) || (b.voteCount ?? 0) - (a.voteCount ?? 0),
  );
  const titles = [
    ...described.map(titleOf),
    ...seriesOf(described),
    ...further.famous.map((listed) => furtherTitle(listed, true)),
    ...further.others.map((listed) => furtherTitle(listed, false)),
  ];
  return [...titles.filter(({ isFamous }) => isFamous), ...titles.filter(({ isFamous }) => !isFamous)];
}

function titleOf(movie: Movie): KnownTitle {
  const { title, originalTitle, alternativeTitles = [] } = movie;
  return {
    title,
    alternatives: originalTitle === undefined ? alternativeTitles : [originalTitle, ...alternativeTitles],
    year: yearOf(movie),
    isFamous: popularityOf(movie) >= minFamousPopularity,
  };
}

/** A series is as famous as its best-known movie. */
function seriesOf(described: readonly Movie[]): KnownTitle[] {
  const series = new Map<string, KnownTitle>();
  for (const movie of described) {
    if (movie.collection === undefined) continue;
    const { year, isFamous } = series.get(movie.collection) ?? titleOf(movie);
    series.set(movie.collection, {
      title: movie.collection,
      alternatives: [],
      year: Math.min(year, yearOf(movie)),
      isFamous,
    });
  }
  return [...series.values()];
}

const furtherTitle = ([title, year]: ListedTitle, isFamous: boolean): KnownTitle => ({
  title,
  alternatives: [],
  year,
  isFamous,
});

const popularityOf = ({ popularity = 1 }: Movie): number => popularity;
const yearOf = ({ releaseDate }: Movie): number => Number(releaseDate.slice(0, 4));
