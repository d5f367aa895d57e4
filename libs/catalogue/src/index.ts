export { Catalogue } from './catalogue.js';
export { CatalogueModule } from './catalogue.module.js';
export { type Movie, movieGenres } from './movie.schema.js';
