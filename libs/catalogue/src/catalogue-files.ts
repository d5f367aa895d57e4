/** One file a decade of release. Written out in full, because the bundler copies the files that it finds named here. */
export const movieFiles: readonly URL[] = [
  new URL('./data/movies-1900s.ndjson', import.meta.url),
  new URL('./data/movies-1910s.ndjson', import.meta.url),
  new URL('./data/movies-1920s.ndjson', import.meta.url),
  new URL('./data/movies-1930s.ndjson', import.meta.url),
  new URL('./data/movies-1940s.ndjson', import.meta.url),
  new URL('./data/movies-1950s.ndjson', import.meta.url),
  new URL('./data/movies-1960s.ndjson', import.meta.url),
  new URL('./data/movies-1970s.ndjson', import.meta.url),
  new URL('./data/movies-1980s.ndjson', import.meta.url),
  new URL('./data/movies-1990s.ndjson', import.meta.url),
  new URL('./data/movies-2000s.ndjson', import.meta.url),
  new URL('./data/movies-2010s.ndjson', import.meta.url),
  new URL('./data/movies-2020s.ndjson', import.meta.url),
];

/** The precomputed vectors of all movies, which `npm run catalogue -- vectors` makes. */
export const vectorsFile = new URL('./data/vectors.bin', import.meta.url);
