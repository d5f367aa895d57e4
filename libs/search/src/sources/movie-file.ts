import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Movie, movieSchema } from '@app/catalogue';
import { type NdjsonLine, ndjsonLines } from './ndjson-lines.js';
import { type FileFaults, ImportTooLargeError, type LineFault } from './import.errors.js';

/** Limits on a file of movies. */
export const importLimits = {
  /** The longest movie that the schema admits has about 60,000 bytes. */
  maxLineBytes: 262_144,
  maxMovies: 100_000,
  maxBytes: 512 * 1024 * 1024,
} as const;

/** Errors that are reported in full; the others are only counted. */
const maxFaultsReported = 50;
const maxFaultsPerLine = 3;
/** How long validation may block the event loop at once. */
const maxSliceMs = 8;

export interface MovieFile extends FileFaults {
  readonly movies: readonly Movie[];
}

/**
 * Reads movies from NDJSON, and validates each line as it arrives.
 *
 * @param onRead receives the number of movies read so far
 * @throws ImportTooLargeError, and the errors of the source
 */
export async function readMovieFile(
  source: AsyncIterable<Buffer>,
  onRead: (movies: number) => void = () => undefined,
): Promise<MovieFile> {
  const movies = new Map<number, { movie: Movie; line: number }>();
  const faults: LineFault[] = [];
  let invalidLines = 0;
  let sliceEndMs = performance.now() + maxSliceMs;
  for await (const line of ndjsonLines(limited(source), importLimits.maxLineBytes)) {
    const parsed = parseLine(line);
    const messages = parsed.movie ? repeatedId(parsed.movie, movies) : parsed.messages;
    if (messages.length > 0) {
      invalidLines++;
      for (const message of messages)
        if (faults.length < maxFaultsReported) faults.push({ line: line.number, message });
    } else if (parsed.movie) {
      if (movies.size >= importLimits.maxMovies)
        throw new ImportTooLargeError(`contains more than ${importLimits.maxMovies} movies`);
      movies.set(parsed.movie.id, { movie: parsed.movie, line: line.number });
    }
    if (performance.now() > sliceEndMs) {
      onRead(movies.size);
      await nextTurn();
      sliceEndMs = performance.now() + maxSliceMs;
    }
  }
  return { movies: [...movies.values()].map(({ movie }) => movie), invalidLines, faults };
}

type ParsedLine =
  { readonly movie: Movie } | { readonly movie?: undefined; readonly messages: readonly string[] };

function parseLine({ number, bytes }: NdjsonLine): ParsedLine {
  if (!bytes) return { messages: [`is longer than ${importLimits.maxLineBytes} bytes`] };
  if (!isUtf8(bytes)) return { messages: ['is not valid UTF-8'] };
  // Editors of some systems begin a file with a byte order mark.
  const text = number === 1 ? bytes.toString().replace(/^\uFEFF/, '') : bytes.toString();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { messages: ['is not valid JSON'] };
  }
  const { data, error } = movieSchema.safeParse(value);
  if (data) return { movie: data };
  const { issues } = error;
  return {
    messages: issues
      .slice(0, maxFaultsPerLine)
      .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)),
  };
}

function repeatedId({ id }: Movie, movies: ReadonlyMap<number, { line: number }>): string[] {
  const earlier = movies.get(id);
  return earlier ? [`id: ${id} is already in line ${earlier.line}`] : [];
}

async function* limited(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > importLimits.maxBytes)
      throw new ImportTooLargeError(`is larger than ${importLimits.maxBytes} bytes`);
    yield chunk;
  }
}
