import type { OpenAPIObject } from '@nestjs/swagger';

type Responses = NonNullable<OpenAPIObject['paths'][string]['get']>['responses'];
type ResponseObject = Exclude<NonNullable<Responses[string]>, { $ref: string }>;

const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const },
  example,
});

/** Response header fields that many routes share. */
export const sharedHeaders = {
  'X-Request-Id': header(
    'The id of the request: the one the client sent, or a generated UUID',
    '4c6f9a0e-2b52-4d0e-9d0f-6d3d3f0a2a11',
  ),
  RateLimit: header(
    'The remaining quota (draft-ietf-httpapi-ratelimit-headers-11). Absent while Redis is unavailable',
    '"default";r=99;t=1;pk=:L0RYVHI0S1RS:',
  ),
  'RateLimit-Policy': header('The rate-limit policies that apply', '"default";q=100;w=60;pk=:L0RYVHI0S1RS:'),
  'Retry-After': header('Seconds to wait before a retry', '5'),
};

const kinds = {
  Invalid: ['400', 'Invalid request; `errors` names each field at fault'],
  Unauthenticated: ['401', 'Missing or unknown API key'],
  Forbidden: ['403', 'The API key lacks permission; without API keys, the caller is not on this machine'],
  TooSlow: ['408', 'The body did not arrive in time'],
  TooLarge: ['413', 'The body is larger than this route accepts'],
  UnsupportedMediaType: ['415', 'The body is not application/json'],
  RateLimited: ['429', 'Rate limit exceeded (nothing was charged), or too many bytes in flight'],
  Overloaded: ['503', 'The server is already receiving as many bytes as it can hold; see Retry-After'],
  Failed: ['500', 'Internal server error'],
} as const;

export type SharedResponse = keyof typeof kinds;

/** Returns the status of a shared response and a reference to it, in OpenAI's error format or as problem details. */
export function sharedResponse(
  name: SharedResponse,
  isOpenAi: boolean,
): { status: string; reference: { $ref: string } } {
  const [status] = kinds[name];
  return { status, reference: { $ref: `#/components/responses/${isOpenAi ? `OpenAi${name}` : name}` } };
}

/** Returns references to shared header fields. */
export function headerReferences(...names: (keyof typeof sharedHeaders)[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Returns all shared responses by name, each in both error formats. */
export function sharedResponses(): [string, ResponseObject][] {
  return [
    ...responsesAs('', 'application/problem+json', 'Problem'),
    ...responsesAs('OpenAi', 'application/json', 'OpenAiError'),
  ];
}

const headersByStatus: Partial<Record<string, (keyof typeof sharedHeaders)[]>> = {
  429: ['RateLimit', 'RateLimit-Policy', 'Retry-After'],
  503: ['Retry-After'],
};

function responsesAs(prefix: string, mediaType: string, schema: string): [string, ResponseObject][] {
  return Object.entries(kinds).map(([name, [status, description]]) => [
    `${prefix}${name}`,
    {
      description,
      headers: headerReferences('X-Request-Id', ...(headersByStatus[status] ?? [])),
      content: { [mediaType]: { schema: { $ref: `#/components/schemas/${schema}` } } },
    },
  ]);
}
