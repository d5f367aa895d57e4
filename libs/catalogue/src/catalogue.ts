import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import type { Film } from './film.js';

const dataFile = new URL('./data/films.json', import.meta.url);

/** 3,199 real films, offline. Read from its file when first asked for. */
@Injectable()
export class Catalogue {
  private read: readonly Film[] | undefined;
  private index: ReadonlyMap<number, Film> | undefined;

  get films(): readonly Film[] {
    this.read ??= JSON.parse(readFileSync(dataFile, 'utf8')) as Film[];
    return this.read;
  }

  find(id: number): Film | undefined {
    this.index ??= new Map(this.films.map((film) => [film.id, film]));
    return this.index.get(id);
  }
}
