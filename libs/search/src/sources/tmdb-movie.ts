import { certifications, type Movie, movieGenres, movieSchema } from '@app/catalogue';
import { z } from 'zod';

const maxCast = 20;
const maxWriters = 4;
const maxKeywords = 60;
const writingJobs = new Set(['Screenplay', 'Writer', 'Story', 'Novel']);
/** TMDB's type of a release in cinemas. */
const theatrical = 3;

const text = z.string().catch('');
const listOf = <Item extends z.ZodType>(item: Item) => z.array(item).catch([]);
const named = z.looseObject({ name: text });

/** The fields of TMDB's movie details that the index uses. Missing and malformed ones count as unknown. */
const detailsSchema = z.looseObject({
  id: z.int().positive(),
  adult: z.boolean().catch(false),
  title: text,
  original_title: text,
  release_date: text,
  overview: text,
  tagline: text,
  original_language: text,
  poster_path: text,
  runtime: z.number().nullable().catch(null),
  vote_average: z.number().catch(0),
  vote_count: z.number().catch(0),
  budget: z.number().catch(0),
  revenue: z.number().catch(0),
  genres: listOf(named),
  production_countries: listOf(z.looseObject({ iso_3166_1: text })),
  belongs_to_collection: named.nullable().catch(null),
  credits: z
    .looseObject({
      cast: listOf(z.looseObject({ name: text, character: text, order: z.number().catch(Infinity) })),
      crew: listOf(z.looseObject({ name: text, job: text })),
    })
    .catch({ cast: [], crew: [] }),
  keywords: z.looseObject({ keywords: listOf(named) }).catch({ keywords: [] }),
  release_dates: z
    .looseObject({
      results: listOf(
        z.looseObject({
          iso_3166_1: text,
          release_dates: listOf(z.looseObject({ certification: text, type: z.number().catch(0) })),
        }),
      ),
    })
    .catch({ results: [] }),
});

type Details = z.infer<typeof detailsSchema>;

/**
 * Converts TMDB's movie details (GET /movie/{id} with credits, keywords and release_dates) to a movie of the index. Returns
 * undefined for a movie that cannot be found by viewers: without a title or date, or for adults.
 */
export function toIndexMovie(details: unknown): Movie | undefined {
  const { data } = detailsSchema.safeParse(details);
  if (!data || data.adult) return undefined;
  const { cast, crew } = data.credits;
  const crewOf = (isWanted: (job: string) => boolean): string[] =>
    distinct(crew.filter(({ job }) => isWanted(job)).map(({ name }) => name));
  const title = clean(data.title, 200);
  const candidate = {
    id: data.id,
    title,
    originalTitle: unless(title, clean(data.original_title, 200)),
    releaseDate: data.release_date,
    directors: crewOf((job) => job === 'Director').slice(0, maxCast),
    writers: crewOf((job) => writingJobs.has(job)).slice(0, maxWriters),
    cast: castOf(cast),
    genres: distinct(data.genres.map(({ name }) => name)).filter((name) =>
      (movieGenres as readonly string[]).includes(name),
    ),
    runtimeMinutes: positive(data.runtime),
    certification: certificationOf(data),
    originalLanguage: matching(data.original_language, /^[a-z]{2}$/),
    countries: distinct(data.production_countries.map(({ iso_3166_1: code }) => code))
      .filter((code) => /^[A-Z]{2}$/.test(code))
      .slice(0, 30),
    keywords: distinct(data.keywords.keywords.map(({ name }) => clean(name, 60).toLowerCase())).slice(
      0,
      maxKeywords,
    ),
    overview: clean(data.overview, 4_000) || clean(data.tagline, 4_000) || title,
    collection: clean(data.belongs_to_collection?.name ?? '', 200).replace(/ Collection$/, '') || undefined,
    popularity: popularityOf(data.vote_count),
    voteAverage: data.vote_count > 0 ? data.vote_average : undefined,
    voteCount: Math.max(0, Math.round(data.vote_count)),
    posterPath: matching(data.poster_path, /^\/[\w-]{1,100}\.(?:jpg|png|webp)$/),
    budget: positive(data.budget),
    revenue: positive(data.revenue),
  };
  return movieSchema.safeParse(withoutUndefined(candidate)).data;
}

function castOf(cast: Details['credits']['cast']): Movie['cast'] {
  const inOrder = cast.toSorted((a, b) => a.order - b.order);
  const members = inOrder.map(({ name, character }) => ({
    name: clean(name, 200),
    character: clean(character, 200),
  }));
  const byName = new Map(members.toReversed().map((member) => [member.name, member]));
  return members
    .filter((member) => member.name !== '' && byName.get(member.name) === member)
    .slice(0, maxCast)
    .map(({ name, character }) => (character ? { name, character } : { name }));
}

/** Returns the rating of the release in cinemas of the United States, or else of another release there. */
function certificationOf({ release_dates: { results } }: Details): string | undefined {
  const releases = results.find(({ iso_3166_1: country }) => country === 'US')?.release_dates ?? [];
  const rated = releases.filter(({ certification }) =>
    (certifications as readonly string[]).includes(certification),
  );
  return (rated.find(({ type }) => type === theatrical) ?? rated[0])?.certification;
}

/** How widely a movie is known, as in the catalogue: from 1 to 5. */
function popularityOf(votes: number): number {
  const thresholds = [100, 1_000, 5_000, 12_000];
  return 1 + thresholds.filter((threshold) => votes >= threshold).length;
}

const clean = (value: string, maxLength: number): string => value.trim().slice(0, maxLength).trim();
const distinct = (values: readonly string[]): string[] => [
  ...new Set(values.map((value) => clean(value, 200)).filter(Boolean)),
];
const unless = (same: string, value: string): string | undefined =>
  value === same || value === '' ? undefined : value;
const positive = (value: number | null): number | undefined =>
  value !== null && value >= 1 ? Math.round(value) : undefined;
const matching = (value: string, pattern: RegExp): string | undefined =>
  pattern.test(value) ? value : undefined;

const withoutUndefined = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
