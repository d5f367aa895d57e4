import type { DomainError } from '@app/errors';

/**
 * Returns whether OpenAI's SDKs call this URL. They expect errors in OpenAI's format. Embeddings stored by id are
 * Marquee's own API and are not included.
 */
export function isOpenAiRoute(url: string): boolean {
  return /^\/v1\/(embeddings\/?(?=\?|$)|models(?=[/?]|$))/.test(url);
}

/** Returns the error object of OpenAI's API (platform.openai.com/docs/guides/error-codes). */
export function toOpenAiError({ status, message, errors, code, openAiCode }: DomainError) {
  return {
    error: {
      message,
      type: status >= 500 ? 'server_error' : status === 429 ? 'requests' : 'invalid_request_error',
      param: errors?.[0]?.field ?? null,
      code: openAiCode ?? code.replaceAll('-', '_'),
    },
  };
}
