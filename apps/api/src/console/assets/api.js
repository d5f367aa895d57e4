/** Session storage keeps the API key in this tab until the tab is closed. */
const storageKey = 'marquee-key';

export const apiKey = {
  get: () => sessionStorage.getItem(storageKey),
  set: (value) => sessionStorage.setItem(storageKey, value),
  clear: () => sessionStorage.removeItem(storageKey),
};

/** An error response of the API, with its status and detail. `retryAfterSeconds` is NaN if there is no Retry-After. */
export class ApiError extends Error {
  constructor(status, detail, retryAfterSeconds) {
    super(detail);
    this.status = status;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Sends a request to the API with the stored key. Throws an ApiError for an error response. */
export async function call(method, path, body, init = {}) {
  const key = apiKey.get();
  const response = await fetch(path, {
    method,
    ...init,
    headers: {
      ...(key ? { 'x-api-key': key } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...init.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    const retryAfter = response.headers.get('retry-after');
    const detail = problem.detail ?? problem.error?.message ?? `HTTP ${response.status}`;
    throw new ApiError(
      response.status,
      retryAfter ? `${detail} (Retry-After: ${retryAfter})` : detail,
      Number(retryAfter ?? NaN),
    );
  }
  return response;
}

export const getJson = async (path, init) => (await call('GET', path, undefined, init)).json();

/**
 * Reads server-sent events, starting with the oldest that the server still has. It uses fetch because
 * EventSource cannot send an API key.
 */
export async function subscribe(path, onEvent) {
  const response = await call('GET', path, undefined, { headers: { 'last-event-id': '0' } });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    buffer += value;
    const messages = buffer.split('\n\n');
    buffer = messages.pop();
    for (const message of messages) {
      const lines = message.split('\n').filter((line) => !line.startsWith(':'));
      const fields = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s)));
      if (fields.event) onEvent(fields.event, JSON.parse(fields.data));
    }
  }
}
