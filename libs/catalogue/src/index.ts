export { Catalogue } from './catalogue.js';
export type { Film } from './film.js';
