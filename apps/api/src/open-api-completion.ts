import type { OpenAPIObject } from '@nestjs/swagger';
import { isOpenAiRoute } from './http/openai-error.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];
type ResponseObject = Exclude<NonNullable<Responses[string]>, { $ref: string }>;

const isPublic = (path: string): boolean => /^\/(health\/|metrics$|v1\/health$|api\/v1\/health$)/.test(path);
const isLimited = (path: string): boolean =>
  !isPublic(path) &&
  !path.startsWith('/v1/admin/cache') &&
  !/^\/v1\/(admin\/)?(rate-limit|events)/.test(path);

const header = (description: string, example: string) => ({
  description,
  schema: { type: 'string' as const },
  example,
});

const headers = {
  'X-Request-Id': header(
    'Names the request: the client’s own, or a fresh one',
    '4c6f9a0e-2b52-4d0e-9d0f-6d3d3f0a2a11',
  ),
  RateLimit: header(
    'draft-ietf-httpapi-ratelimit-headers-11: what is left. Absent while Redis is away',
    '"default";r=99;t=1;pk=:L0RYVHI0S1RS:',
  ),
  'RateLimit-Policy': header('The policies that hold', '"default";q=100;w=60;pk=:L0RYVHI0S1RS:'),
  'Retry-After': header('Seconds until it is worth another try', '5'),
};

const common = {
  Invalid: ['400', 'The request is not valid; `errors` names each field'],
  Unauthenticated: ['401', 'An API key is needed, or this one is not known'],
  Forbidden: ['403', 'The API key may not do this; or, without keys, the caller is not on this machine'],
  TooSlow: ['408', 'The body did not arrive in time'],
  TooLarge: ['413', 'The body is larger than this route takes'],
  UnsupportedMediaType: ['415', 'The body is not application/json'],
  RateLimited: ['429', 'A rate limit is used up and nothing was charged, or too many bytes are sent at once'],
  Overloaded: ['503', 'More bytes are being received than this process takes at once; see Retry-After'],
  Failed: ['500', 'Something went wrong here'],
} as const;

/**
 * Adds what holds for many routes and would have to be written at each: the errors of authentication, limits and
 * validation, the fields of every answer, and that problems are `application/problem+json`.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const operation of Object.values(item) as Operation[]) {
      if (typeof operation !== 'object' || !operation.responses) continue;
      complete(path, operation);
    }
  }
  const used = JSON.stringify(document.paths);
  const isUsed = ([name]: [string, unknown]): boolean => used.includes(`#/components/responses/${name}"`);
  const shared = Object.fromEntries(responses().filter(isUsed));
  document.components = { ...document.components, responses: shared, headers };
  tidy(document);
  return document;
}

/** The generator's habits that a linter objects to: an `allOf` of one, and `nullable` without a type beside it. */
function tidy(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as { allOf?: object[]; nullable?: boolean; type?: string; anyOf?: object[] };
  if (schema.allOf?.length === 1 && Object.keys(schema).length === 1) {
    Object.assign(schema, schema.allOf[0]);
    delete schema.allOf;
  }
  if (schema.nullable && schema.type === undefined && schema.anyOf) {
    delete schema.nullable;
    schema.anyOf = schema.anyOf.map((each) => ({ ...each, nullable: true }));
  }
  // `allOf` would refuse the null that stands beside it.
  if (schema.nullable && schema.type === undefined && schema.allOf) {
    delete schema.nullable;
    schema.anyOf = [...schema.allOf, { type: 'object', nullable: true, enum: [null] }];
    delete schema.allOf;
  }
  for (const child of Object.values(node)) tidy(child);
}

function complete(path: string, operation: Operation): void {
  // One handler of two paths.
  operation.operationId = (operation.operationId ?? '').replace('[0]', '').replace('[1]', 'Alias');
  const isOpenAi = isOpenAiRoute(path);
  const add = (name: keyof typeof common): void => {
    const [status] = common[name];
    operation.responses[status] ??= { $ref: `#/components/responses/${isOpenAi ? `OpenAi${name}` : name}` };
  };
  if (isPublic(path)) operation.security = [];
  else {
    add('Unauthenticated');
    add('Forbidden');
  }
  if (isLimited(path)) add('RateLimited');
  if ((operation.parameters ?? []).length > 0 || operation.requestBody) add('Invalid');
  if (operation.requestBody) {
    add('TooSlow');
    add('TooLarge');
    add('Overloaded');
    add('UnsupportedMediaType');
  }
  add('Failed');
  describe(path, operation.responses, isOpenAi);
}

function describe(path: string, all: Responses, isOpenAi: boolean): void {
  for (const [status, response] of Object.entries(all)) {
    if (!response || '$ref' in response) continue;
    response.description ||= status === '204' ? 'Done' : 'As asked';
    const isError = Number(status) >= 400;
    response.headers = {
      ...response.headers,
      ...reference('X-Request-Id'),
      ...(isLimited(path) ? reference('RateLimit', 'RateLimit-Policy') : {}),
      ...(status === '503' || status === '504' ? reference('Retry-After') : {}),
    };
    const { 'application/json': json, ...others } = response.content ?? {};
    if (isError && !isOpenAi && json) response.content = { ...others, 'application/problem+json': json };
  }
}

function reference(...names: (keyof typeof headers)[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function responses(): [string, ResponseObject][] {
  const of = (prefix: string, mediaType: string, schema: string): [string, ResponseObject][] =>
    Object.entries(common).map(([name, [status, description]]) => [
      `${prefix}${name}`,
      {
        description,
        headers: reference(
          'X-Request-Id',
          ...(status === '429'
            ? (['RateLimit', 'RateLimit-Policy', 'Retry-After'] as const)
            : status === '503'
              ? (['Retry-After'] as const)
              : []),
        ),
        content: { [mediaType]: { schema: { $ref: `#/components/schemas/${schema}` } } },
      },
    ]);
  return [
    ...of('', 'application/problem+json', 'Problem'),
    ...of('OpenAi', 'application/json', 'OpenAiError'),
  ];
}
