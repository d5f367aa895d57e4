import { Module } from '@nestjs/common';
import { Catalogue } from './catalogue.js';
import { CatalogueVectors } from './vectors/catalogue-vectors.js';

/** Provides one {@link Catalogue} to every module that imports it, so that the movies are in memory once. */
@Module({ providers: [Catalogue, CatalogueVectors], exports: [Catalogue, CatalogueVectors] })
export class CatalogueModule {}
