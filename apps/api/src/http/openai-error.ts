import type { Problem } from './problem.js';

/** Whether OpenAI's SDKs call a route: they show `error.message` and know no problem+json. Vectors by id are ours. */
export function isOpenAiRoute(url: string): boolean {
  return /^\/v1\/(embeddings\/?(?=\?|$)|models(?=[/?]|$))/.test(url);
}

/** The error object of OpenAI's API (platform.openai.com/docs/guides/error-codes). */
export function toOpenAiError({ status, detail, errors, code, type }: Problem) {
  return {
    error: {
      message: detail,
      type: status >= 500 ? 'server_error' : status === 429 ? 'requests' : 'invalid_request_error',
      param: errors?.[0]?.field ?? null,
      code: code ?? type.slice(type.lastIndexOf(':') + 1).replaceAll('-', '_'),
    },
  };
}
