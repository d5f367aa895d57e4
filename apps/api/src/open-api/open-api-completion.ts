import type { OpenAPIObject } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';
import { isOpenAiRoute } from '../http/openai-error.js';
import type { RouteConfigs } from './route-configs.js';
import {
  headerReferences,
  sharedHeaders,
  type SharedResponse,
  sharedResponse,
  sharedResponses,
} from './shared-responses.js';
import { tidySchemas } from './tidy-schemas.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/**
 * Adds what every route would otherwise have to repeat: the errors of authentication, rate limits and validation, the
 * shared header fields, and `application/problem+json` as the media type of errors. Which of them apply follows from the
 * decorators of the route.
 */
export function completeDocument(document: OpenAPIObject, routes: RouteConfigs): OpenAPIObject {
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item) as [string, Operation][]) {
      if (typeof operation !== 'object' || !operation.responses) continue;
      complete(operation, routes.of(method, path), isOpenAiRoute(path));
    }
  }
  const used = JSON.stringify(document.paths);
  const isUsed = ([name]: [string, unknown]): boolean => used.includes(`#/components/responses/${name}"`);
  document.components = {
    ...document.components,
    responses: Object.fromEntries(sharedResponses().filter(isUsed)),
    headers: sharedHeaders,
  };
  tidySchemas(document);
  return document;
}

function complete(
  operation: Operation,
  { isPublic = false, skipsRateLimit = false }: FastifyContextConfig,
  isOpenAi: boolean,
): void {
  // Nest numbers the operations of a handler that serves two paths.
  operation.operationId = (operation.operationId ?? '').replace('[0]', '').replace('[1]', 'Alias');
  const add = (...names: SharedResponse[]): void => {
    for (const name of names) {
      const { status, reference } = sharedResponse(name, isOpenAi);
      operation.responses[status] ??= reference;
    }
  };
  if (isPublic) operation.security = [];
  else add('Unauthenticated', 'Forbidden');
  if (!skipsRateLimit) add('RateLimited');
  if ((operation.parameters ?? []).length > 0 || operation.requestBody) add('Invalid');
  if (operation.requestBody) add('TooSlow', 'TooLarge', 'Overloaded', 'UnsupportedMediaType');
  add('Failed');
  describeResponses(operation, { isLimited: !skipsRateLimit, isOpenAi });
}

function describeResponses(
  { responses }: Operation,
  { isLimited, isOpenAi }: { isLimited: boolean; isOpenAi: boolean },
): void {
  for (const [status, response] of Object.entries(responses)) {
    if (!response || '$ref' in response) continue;
    response.description ||= status === '204' ? 'Success, without content' : 'Success';
    const isError = Number(status) >= 400;
    response.headers = {
      ...response.headers,
      ...headerReferences('X-Request-Id'),
      ...(isLimited ? headerReferences('RateLimit', 'RateLimit-Policy') : {}),
      ...(status === '503' || status === '504' ? headerReferences('Retry-After') : {}),
    };
    const { 'application/json': json, ...others } = response.content ?? {};
    if (isError && !isOpenAi && json) response.content = { ...others, 'application/problem+json': json };
  }
}
