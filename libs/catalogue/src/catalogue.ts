import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { movieFiles } from './catalogue-files.js';
import type { Movie } from './movie.schema.js';

/**
 * The bundled catalogue, available offline. Files are read when they are first needed, and are trusted: a test checks
 * every line against the schema.
 */
@Injectable()
export class Catalogue {
  private digest: string | undefined;
  private loaded: readonly Movie[] | undefined;
  private byId: ReadonlyMap<number, Movie> | undefined;

  /** Identifies the contents: the SHA-256 of all files, in hexadecimal. */
  get hash(): string {
    this.digest ??= createHash('sha256').update(readFiles().join('\n'), 'utf8').digest('hex');
    return this.digest;
  }

  /** When the files were last changed. */
  get updatedAt(): Date {
    return new Date(Math.max(...movieFiles.map((file) => statSync(file).mtimeMs)));
  }

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

const readFiles = (): string[] => movieFiles.map((file) => readFileSync(file, 'utf8'));

function readAll(): Movie[] {
  return readFiles()
    .flatMap((text) => text.split('\n').filter(Boolean))
    .map((line) => JSON.parse(line) as Movie)
    .toSorted((a, b) => a.id - b.id);
}
