import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { movieFiles } from './catalogue-files.js';
import type { Movie } from './movie.schema.js';

/**
 * The bundled catalogue, available offline. Files are read when they are first needed, and are trusted: a test checks
 * every line against the schema.
 */
@Injectable()
export class Catalogue {
  private loaded: readonly Movie[] | undefined;
  private byId: ReadonlyMap<number, Movie> | undefined;

  /** All movies, in the order of their ids. */
  get movies(): readonly Movie[] {
    this.loaded ??= readAll();
    return this.loaded;
  }

  find(id: number): Movie | undefined {
    this.byId ??= new Map(this.movies.map((movie) => [movie.id, movie]));
    return this.byId.get(id);
  }
}

function readAll(): Movie[] {
  return movieFiles
    .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as Movie)
    .toSorted((a, b) => a.id - b.id);
}
