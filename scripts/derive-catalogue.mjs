// `node scripts/derive-catalogue.mjs`: makes libs/catalogue/src/data/films.json out of vega-datasets' movies.json, without the
// movies that the files beside it describe. Corrects the dataset's deliberate faults: titles that are numbers, years a century
// off, articles at the end, duplicates, broken accents.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './prerequisites.mjs';

const folder = join(root, 'libs', 'catalogue', 'src', 'data');
/** TMDB's numbers are below two million: these can never be taken for them. */
const firstId = 1_000_000_001;
/** The dataset ends in 2010; what seems later was released a century before. */
const lastYear = 2010;

const genresByMajorGenre = {
  'Thriller/Suspense': ['Thriller'],
  Musical: ['Music'],
  'Romantic Comedy': ['Romance', 'Comedy'],
  'Black Comedy': ['Comedy'],
  'Concert/Performance': ['Documentary', 'Music'],
};
const genreByCreativeType = {
  'Science Fiction': 'Science Fiction',
  Fantasy: 'Fantasy',
  'Kids Fiction': 'Family',
  'Historical Fiction': 'History',
  'Super Hero': 'Action',
};
const certifications = new Set(['G', 'PG', 'PG-13', 'R', 'NC-17']);

/** Mac Roman's upper half: character to byte. */
const macRoman = new Map(
  Array.from({ length: 128 }, (_, index) => [
    new TextDecoder('macintosh').decode(Uint8Array.of(128 + index)),
    128 + index,
  ]),
);

const movies = JSON.parse(
  readFileSync(join(root, 'node_modules', 'vega-datasets', 'data', 'movies.json'), 'utf8'),
);
const seen = new Set();
const films = movies.flatMap((movie, row) => {
  const releaseDate = toDate(movie['Release Date']);
  if (movie.Title === null || !releaseDate) return [];
  const title = toTitle(String(movie.Title));
  const identity = `${title.toLowerCase()} ${releaseDate.slice(0, 4)}`;
  if (seen.has(identity)) return [];
  seen.add(identity);
  const certification = movie['MPAA Rating'];
  const director = movie.Director;
  return {
    id: firstId + row,
    title,
    releaseDate,
    ...(movie['Running Time min'] ? { runtimeMinutes: movie['Running Time min'] } : {}),
    ...(certifications.has(certification) ? { certification } : {}),
    genres: toGenres(movie),
    ...(director ? { director: mendAccents(director) } : {}),
    ...(movie['Production Budget'] ? { budget: movie['Production Budget'] } : {}),
    ...(movie['Worldwide Gross'] ? { revenue: movie['Worldwide Gross'] } : {}),
    ...(movie['IMDB Votes'] ? { voteAverage: movie['IMDB Rating'], voteCount: movie['IMDB Votes'] } : {}),
  };
});
const described = readDescribed();
const undescribed = films.filter((film) => !described.has(film.id) && !described.has(nameOf(film)));
writeFileSync(
  join(folder, 'films.json'),
  `[\n${undescribed.map((film) => JSON.stringify(film)).join(',\n')}\n]\n`,
);
console.log(`${undescribed.length} of ${films.length} movies are not described yet`);

/** The ids and the names of the movies that are described; a year may be one off. */
function readDescribed() {
  const lines = readdirSync(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n'));
  return new Set(
    lines
      .map((line) => JSON.parse(line))
      .flatMap((movie) => [movie.id, ...[-1, 0, 1].map((offset) => nameOf(movie, offset))]),
  );
}

function nameOf({ title, releaseDate }, offset = 0) {
  const letters = title.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return `${letters} ${Number(releaseDate.slice(0, 4)) + offset}`;
}

function toDate(text) {
  const date = new Date(`${text} UTC`);
  if (Number.isNaN(date.getTime())) return undefined;
  const year = date.getUTCFullYear() > lastYear ? date.getUTCFullYear() - 100 : date.getUTCFullYear();
  return `${year}-${date.toISOString().slice(5, 10)}`;
}

function toTitle(text) {
  const plain = mendAccents(text)
    .replace(/ \((\d{4}|IMAX|Theatrical Release|Canadian Release)\)$/, '')
    .replace(/(?<=\w) \?$/, '?');
  const article = /^(.+), (The|A|An|Das|Les|La|Le)$/.exec(plain);
  return article ? `${article[2]} ${article[1]}` : plain;
}

function toGenres({ 'Major Genre': major, 'Creative Type': type }) {
  const genres = major ? (genresByMajorGenre[major] ?? [major]) : [];
  const further = genreByCreativeType[type];
  return [...new Set(further ? [...genres, further] : genres)];
}

/** Latin-1 that was once read as Mac Roman: "LÈon" is Léon. */
function mendAccents(text) {
  if (!/[^\0-\x7f]/.test(text)) return text;
  const bytes = [...text].map((character) =>
    character < '\x80' ? character.charCodeAt(0) : macRoman.get(character),
  );
  return bytes.includes(undefined) ? text : new TextDecoder('windows-1252').decode(Uint8Array.from(bytes));
}
