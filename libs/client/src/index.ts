import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './api.generated.js';

export type MarqueeClient = Client<paths>;

/** The shapes of the API's bodies: `Schemas['Session']`. */
export type Schemas = components['schemas'];

export interface MarqueeClientOptions {
  /** Where Marquee is, without a trailing slash. */
  readonly baseUrl: string;
  /** Sent as X-API-Key; callers of the same machine need none where no keys are configured. */
  readonly apiKey?: string;
}

/**
 * A typed client of Marquee's API: `await client.POST('/v1/query-understanding', { body: { query } })` answers
 * `{ data, error, response }`, of the types that the API's own OpenAPI document has.
 */
export function createMarqueeClient({ baseUrl, apiKey }: MarqueeClientOptions): MarqueeClient {
  return createClient<paths>({ baseUrl, headers: apiKey === undefined ? {} : { 'x-api-key': apiKey } });
}
