import { describe, expect, it } from '@jest/globals';
import { DomainError, FieldError } from '@app/errors';
import { toOpenAiError } from './openai-error.js';
import { toProblem } from './to-problem.js';

class QuotaError extends DomainError {
  readonly code = 'quota-used-up';
  readonly status = 429;
  readonly title = 'Quota used up';
  override readonly retryAfterSeconds = 5;
  override readonly openAiCode = 'insufficient_quota';
  override readonly extensions = { 'violated-policies': ['default'] };
}

class RegisteredError extends QuotaError {
  override readonly type = 'https://example.com/quota';
}

class NameTooLongError extends FieldError {
  readonly code = 'name-too-long';
  readonly status = 400;
  readonly title = 'Name too long';

  constructor() {
    super('name', 'must be at most 10 characters');
  }
}

const parse = (body: unknown): unknown => JSON.parse(JSON.stringify(body));

describe(toProblem.name, () => {
  it('returns problem details with the extensions of the error, and leaves out what belongs to header fields', () => {
    expect(parse(toProblem(new QuotaError('Try again in 5 s.'), 'r1'))).toEqual({
      type: 'urn:marquee:problem:quota-used-up',
      title: 'Quota used up',
      status: 429,
      detail: 'Try again in 5 s.',
      'violated-policies': ['default'],
      instance: 'urn:marquee:request:r1',
    });
  });

  it('prefers a registered type', () => {
    expect(toProblem(new RegisteredError(''), 'r1').type).toBe('https://example.com/quota');
  });

  it('names the field at fault', () => {
    expect(toProblem(new NameTooLongError(), 'r1')).toMatchObject({
      detail: 'name: must be at most 10 characters',
      errors: [{ field: 'name', message: 'must be at most 10 characters' }],
    });
  });
});

describe(toOpenAiError.name, () => {
  it('returns the error object of OpenAI, with its code or else the code in snake case', () => {
    expect(toOpenAiError(new QuotaError('Wait.')).error).toEqual({
      message: 'Wait.',
      type: 'requests',
      param: null,
      code: 'insufficient_quota',
    });
    expect(toOpenAiError(new NameTooLongError()).error).toEqual({
      message: 'name: must be at most 10 characters',
      type: 'invalid_request_error',
      param: 'name',
      code: 'name_too_long',
    });
  });
});
