/** One fault of one field, as clients see it. */
export interface FieldFault {
  readonly field: string;
  readonly message: string;
}

/** An error as RFC 9457 describes it. `type` is stable: clients may branch on it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly errors?: readonly FieldFault[];
  /** Becomes the `Retry-After` field, in seconds. */
  readonly retryAfterSeconds?: number;
  /** Of `quota-exceeded`: the policies that refused. */
  readonly 'violated-policies'?: readonly string[];
  /** Of `tenant-full`: bytes that the tenant holds and may hold. */
  readonly heldBytes?: number;
  readonly maxBytes?: number;
  /** OpenAI's `error.code`, where it has one for this. */
  readonly code?: string;
}

/** The registered type of a refusal by a rate limit (draft-ietf-httpapi-ratelimit-headers). */
export const quotaExceededType = 'https://iana.org/assignments/http-problem-types#quota-exceeded';

export const problemType = (name: string): string => `urn:marquee:problem:${name}`;

/** Fills in what follows from the name and the status. */
export function problem(
  name: string,
  status: number,
  title: string,
  detail: string,
  more: Partial<
    Pick<Problem, 'errors' | 'retryAfterSeconds' | 'code' | 'violated-policies' | 'heldBytes' | 'maxBytes'>
  > = {},
): Problem {
  return { type: problemType(name), title, status, detail, ...more };
}

/** The members that clients see. */
export function toBody(
  { retryAfterSeconds: _header, code: _openAi, ...members }: Problem,
  requestId: string,
) {
  return { ...members, instance: `urn:marquee:request:${requestId}` };
}
