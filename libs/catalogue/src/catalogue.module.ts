import { Module } from '@nestjs/common';
import { Catalogue } from './catalogue.js';

/** Provides one {@link Catalogue} to every module that imports it, so that the movies are in memory once. */
@Module({ providers: [Catalogue], exports: [Catalogue] })
export class CatalogueModule {}
