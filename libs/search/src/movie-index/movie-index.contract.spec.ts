import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Movie } from '@app/catalogue';
import { IndexNotLoadedError } from '../search.errors.js';
import { InProcessMovieIndex } from '../in-process/in-process-movie-index.js';
import { type Constraints, unconstrained } from './constraints.js';
import type { IndexDescription, IndexedMovie, IndexQuery, MovieIndex } from './movie-index.js';

const dimensions = 4;

const describedAs = (version: string): IndexDescription => ({
  version,
  source: 'import',
  updatedAt: new Date('2026-11-24T12:00:00Z'),
  model: 'some-model',
  dimensions,
});

function indexed(
  id: number,
  title: string,
  fields: Partial<Movie> = {},
  axis = id % dimensions,
): IndexedMovie {
  const movie: Movie = {
    id,
    title,
    releaseDate: '1995-12-15',
    overview: `What happens in ${title}.`,
    directors: [],
    cast: [],
    genres: [],
    countries: [],
    keywords: [],
    ...fields,
  };
  const vector = new Float32Array(dimensions);
  vector[axis] = 1;
  return { movie, vector };
}

const movies = [
  indexed(1, 'Heat', {
    directors: ['Michael Mann'],
    cast: [{ name: 'Al Pacino' }],
    genres: ['Crime', 'Thriller'],
    overview: 'A detective hunts a thief in Los Angeles.',
    runtimeMinutes: 170,
  }),
  indexed(2, 'Collateral', {
    directors: ['Michael Mann'],
    cast: [{ name: 'Tom Cruise' }],
    genres: ['Thriller'],
    releaseDate: '2004-08-06',
    overview: 'A taxi driver has a killer as his passenger.',
    runtimeMinutes: 120,
  }),
  indexed(3, 'Paddington', {
    directors: ['Paul King'],
    genres: ['Comedy', 'Family'],
    releaseDate: '2014-11-28',
    overview: 'A bear travels to London.',
  }),
];

/** Every adapter has to pass this suite. */
const adapters: Record<string, () => Promise<MovieIndex>> = {
  [InProcessMovieIndex.name]: () => Promise.resolve(new InProcessMovieIndex()),
};

describe.each(Object.entries(adapters))('%s as a movie index', (_, create) => {
  let index: MovieIndex;

  it('refuses searches before contents are on their way', async () => {
    await expect((await create()).stats()).rejects.toThrow(IndexNotLoadedError);
  });

  beforeEach(async () => {
    index = await create();
    await index.replace({ ...describedAs('one'), movies });
  });

  const query = (fields: Partial<IndexQuery>, constraints: Partial<Constraints> = {}): IndexQuery => ({
    titles: [],
    words: '',
    vector: undefined,
    depth: 10,
    ...fields,
    constraints: { ...unconstrained, ...constraints },
  });
  const idsBy = async (retrieval: 'title' | 'words' | 'meaning', fields: IndexQuery) => {
    const { candidates } = await index.search(fields);
    return candidates
      .filter((candidate) => candidate[retrieval])
      .toSorted((a, b) => (a[retrieval]?.rank ?? 0) - (b[retrieval]?.rank ?? 0))
      .map(({ movie }) => movie.id);
  };

  it('finds a title despite a typo', async () => {
    expect((await idsBy('title', query({ titles: ['Colateral'] })))[0]).toBe(2);
  });

  it('finds words of overviews, titles and people', async () => {
    expect((await idsBy('words', query({ words: 'taxi passenger' })))[0]).toBe(2);
    expect((await idsBy('words', query({ words: 'Pacino' })))[0]).toBe(1);
  });

  it('finds by meaning, the most similar first', async () => {
    const vector = Float32Array.of(0, 0.6, 0.8, 0);
    expect((await idsBy('meaning', query({ vector }))).slice(0, 2)).toEqual([2, 1]);
  });

  it('returns only movies that satisfy the constraints, and counts them', async () => {
    const words = 'detective taxi bear';
    const people = [{ name: 'Michael Mann', role: 'director' } as const];
    const { candidates, matching } = await index.search(
      query({ words, titles: ['Paddington'], vector: Float32Array.of(0, 0, 0, 1) }, { people }),
    );
    expect(candidates.map(({ movie }) => movie.id).toSorted((a, b) => a - b)).toEqual([1, 2]);
    expect(matching).toBe(2);
    const none = query({ words }, { people, genres: ['Comedy'] });
    expect(await index.search(none)).toMatchObject({ candidates: [], matching: 0 });
    const { candidates: others } = await index.search(
      query({ words }, { excludedGenres: ['Crime'], excludedIds: new Set([3]) }),
    );
    expect(others.map(({ movie }) => movie.id)).toEqual([2]);
  });

  it('completes titles and people', async () => {
    expect(await index.suggest('pad', 5)).toEqual([
      expect.objectContaining({ kind: 'title', text: 'Paddington', movieId: 3, year: 2014 }),
    ]);
    expect((await index.suggest('michael m', 5)).map(({ kind, text }) => [kind, text])).toEqual([
      ['person', 'Michael Mann'],
    ]);
  });

  it('returns movies in the order of their ids, and vectors', async () => {
    expect((await index.get([3, 99, 1])).map(({ id }) => id)).toEqual([3, 1]);
    expect([...((await index.vectorOf(1)) ?? [])]).toEqual([0, 1, 0, 0]);
    expect(await index.vectorOf(99)).toBeUndefined();
  });

  it('replaces its contents', async () => {
    await index.replace({ ...describedAs('two'), movies: [indexed(7, 'Metropolis')] });
    expect(await index.stats()).toEqual({ ...describedAs('two'), movies: 1 });
    expect((await index.get([1, 7])).map(({ id }) => id)).toEqual([7]);
    expect(await index.suggest('pad', 5)).toEqual([]);
  });

  it('keeps its contents if new ones cannot be had', async () => {
    const failed = index.replace(Promise.reject(new Error('damaged')));
    await expect(failed).rejects.toThrow('damaged');
    expect(await index.stats()).toMatchObject({ version: 'one', movies: 3 });
  });

  it('adds, changes and deletes movies', async () => {
    await index.upsert([indexed(1, 'Heat Wave'), indexed(4, 'Alien')], describedAs('two'));
    expect(await index.stats()).toEqual({ ...describedAs('two'), movies: 4 });
    expect((await index.get([1, 4])).map(({ title }) => title)).toEqual(['Heat Wave', 'Alien']);
    await index.delete([1, 99], describedAs('three'));
    expect(await index.stats()).toEqual({ ...describedAs('three'), movies: 3 });
    expect(await index.get([1])).toEqual([]);
    expect(await idsBy('title', query({ titles: ['Heat Wave'] }))).not.toContain(1);
  });

  it('accepts movies without vectors', async () => {
    const movie = { ...indexed(5, 'Solaris'), vector: undefined };
    const space = { model: undefined, dimensions: 0 };
    await index.replace({ ...describedAs('two'), ...space, movies: [movie] });
    expect(await index.vectorOf(5)).toBeUndefined();
    expect(await idsBy('title', query({ titles: ['Solaris'] }))).toEqual([5]);
  });
});
