/** Where the key is kept: this tab, until it is closed. */
const keyName = 'marquee-key';

export const key = {
  get: () => sessionStorage.getItem(keyName),
  set: (value) => sessionStorage.setItem(keyName, value),
  clear: () => sessionStorage.removeItem(keyName),
};

/** What an error answer says, in its own words. */
export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Calls the API as an app would; throws ApiError. */
export async function call(method, path, body, more = {}) {
  const known = key.get();
  const response = await fetch(path, {
    method,
    ...more,
    headers: {
      ...(known ? { 'x-api-key': known } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...more.headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    const wait = response.headers.get('retry-after');
    const detail = problem.detail ?? problem.error?.message ?? `HTTP ${response.status}`;
    throw new ApiError(response.status, wait ? `${detail} (Retry-After: ${wait})` : detail);
  }
  return response;
}

export const get = async (path) => (await call('GET', path)).json();

/** Server-sent events over fetch, from the first that is kept: EventSource can send no key. */
export async function listen(path, onEvent) {
  const response = await call('GET', path, undefined, { headers: { 'last-event-id': '0' } });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop();
    for (const part of parts) {
      const lines = part.split('\n').filter((line) => !line.startsWith(':'));
      const fields = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s)));
      if (fields.event) onEvent(fields.event, JSON.parse(fields.data));
    }
  }
}
