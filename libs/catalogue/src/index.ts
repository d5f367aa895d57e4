export { Catalogue } from './catalogue.js';
export { CatalogueModule } from './catalogue.module.js';
export { certifications, type Movie, movieGenres, movieSchema } from './movie.schema.js';
export { knownPeople, type KnownPerson } from './names/known-people.js';
export { knownTitles, type KnownTitle } from './names/known-titles.js';
export { CatalogueVectors, type MovieVectors } from './vectors/catalogue-vectors.js';
export {
  type EmbeddableMovie,
  embeddingTexts,
  meanVector,
  textFingerprint,
} from './vectors/embedding-text.js';
export { dequantize, quantize } from './vectors/quantize.js';
export {
  decodeVectorFile,
  encodeVectorFile,
  rowsByFingerprint,
  type VectorRow,
} from './vectors/vector-file.js';
