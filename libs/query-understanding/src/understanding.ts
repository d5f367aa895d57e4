import { movieGenres } from '@app/catalogue';
import { z } from 'zod';

/**
 * Part of the cache key. Increment it when the shape of the document changes or the rules read queries differently, so that
 * outdated documents are not served.
 */
export const QU_VERSION = 2;

export const certificationNames = ['G', 'PG', 'PG-13', 'R', 'NC-17'] as const;

const genre = z.enum(movieGenres);
const year = z.int().min(1870).max(2200).nullable();
const minutes = z.int().min(1).max(1000).nullable();
const date = z.iso.date().nullable();
const dollars = z.int().min(0).max(100_000_000_000).nullable();
const countries = z.int().min(1).max(100).nullable();
const phrase = z.string().min(1).max(80);
const phrases = z.array(phrase).max(20);

/** The facts that can be read from a query, by the rules or a language model. */
export const factsSchema = z.strictObject({
  intent: z.enum(['search', 'similar', 'person', 'title', 'trending']),
  titles: z.array(z.string().min(1).max(200)).max(20),
  people: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        role: z.enum(['director', 'actor', 'writer', 'any']),
      }),
    )
    .max(20),
  genres: z.array(genre).max(19),
  excludedGenres: z.array(genre).max(19),
  years: z.strictObject({ from: year, to: year }),
  released: z.strictObject({ from: date, to: date }),
  runtimeMinutes: z.strictObject({ min: minutes, max: minutes }),
  rating: z.strictObject({ min: z.number().min(0).max(10).nullable() }),
  votes: z.strictObject({ min: z.int().min(0).max(100_000_000).nullable() }),
  budget: z.strictObject({ min: dollars, max: dollars }),
  revenue: z.strictObject({ min: dollars, max: dollars }),
  countries: z.array(z.string().regex(/^[A-Z]{2}$/)).max(20),
  countryCount: z.strictObject({ min: countries, max: countries }),
  spokenLanguages: z.array(z.string().regex(/^[a-z]{2}$/)).max(20),
  certification: z.array(z.enum(certificationNames)).max(5),
  moods: phrases,
  themes: phrases,
  excludedThemes: phrases,
  sort: z.enum(['relevance', 'rating', 'newest', 'oldest', 'popularity']),
  limit: z.int().min(1).max(100).nullable(),
  rewritten: z.string().max(2000),
});

/** The document that describes a query. */
export const understandingSchema = z
  .strictObject({
    version: z.literal(QU_VERSION),
    query: z.string(),
    normalized: z.string(),
    language: z.string().meta({ description: 'ISO 639-1', example: 'en' }),
    ...factsSchema.shape,
    degraded: z.array(z.string()).meta({ description: 'Steps that failed or were late' }),
  })
  .meta({ id: 'Understanding' });

export type Facts = z.infer<typeof factsSchema>;
export type Understanding = z.infer<typeof understandingSchema>;
export type Person = Facts['people'][number];
export type Genre = (typeof movieGenres)[number];
export type Certification = (typeof certificationNames)[number];
export type Range = Facts['years'];
export type DateRange = Facts['released'];
/** A range of minutes, dollars or countries. */
export type NumberRange = Facts['runtimeMinutes'];
