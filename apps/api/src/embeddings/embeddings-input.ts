import type { EmbeddingInput, TokenArray } from '@app/embeddings';
import { z } from 'zod';

// OpenAI's limits on one request (platform.openai.com/docs/api-reference/embeddings/create).
export const maxInputs = 2048;
export const maxTokensPerInput = 8192;
export const maxTokensPerRequest = 300_000;
/** OpenAI's models accept 8,192 tokens, and a token of prose has at most about four characters. */
export const maxTextLength = 32_768;
/** Larger than any vocabulary; the upstream decides which tokens its model knows. */
const maxToken = 2_147_483_647;

const text = z
  .string({ error: 'must be a string' })
  .min(1, { error: 'must not be empty' })
  .max(maxTextLength, { error: `must be at most ${maxTextLength} characters` })
  .refine((value) => value.isWellFormed(), {
    error: 'must be well-formed Unicode, without lone surrogates',
  })
  .refine((value) => !value.includes('\0'), { error: 'must not contain NUL characters' });

const texts = z
  .array(text, {
    error: 'must be a string, an array of strings, a token array, or an array of token arrays',
  })
  .min(1, { error: 'must contain at least one text or token array' })
  .max(maxInputs, { error: `must contain at most ${maxInputs} texts` });

const tokensJsonSchema = {
  type: 'array',
  items: { type: 'integer', minimum: 0, maximum: maxToken },
  minItems: 1,
  maxItems: maxTokensPerInput,
} as const;
const textJsonSchema = { type: 'string', minLength: 1, maxLength: maxTextLength } as const;

/** `input` of an embeddings request: a text, texts, a token array or token arrays; normalized to an array. */
export const inputSchema = z
  .unknown()
  .refine((input) => input !== undefined, { error: 'is required' })
  .transform((input, context): readonly EmbeddingInput[] => {
    const fault = (path: PropertyKey[], message: string): void => {
      context.issues.push({ code: 'custom', input, path, message });
    };
    if (isTokenArray(input) || isListOfArrays(input)) {
      const tokenFault = findTokenFault(input);
      if (!tokenFault) return isListOfArrays(input) ? (input as TokenArray[]) : [input];
      fault(tokenFault.path, tokenFault.message);
      return z.NEVER;
    }
    const result = texts.safeParse(typeof input === 'string' ? [input] : input);
    for (const { path, message } of result.error?.issues ?? []) fault(path, message);
    return result.data ?? z.NEVER;
  })
  .meta({
    description:
      'A text, a token array, or up to 2,048 of either. Tokens belong to the model’s own vocabulary, which is cl100k_base for OpenAI’s models and for the local model. Each array can have up to 8,192 tokens, and a request up to 300,000.',
    example: ['a heist in Los Angeles'],
    // The generator cannot derive the input type of a transformation.
    anyOf: [
      textJsonSchema,
      { type: 'array', items: textJsonSchema, minItems: 1, maxItems: maxInputs },
      tokensJsonSchema,
      { type: 'array', items: tokensJsonSchema, minItems: 1, maxItems: maxInputs },
    ],
  });

const isTokenArray = (input: unknown): input is unknown[] =>
  Array.isArray(input) && typeof input[0] === 'number';
const isListOfArrays = (input: unknown): input is unknown[] =>
  Array.isArray(input) && Array.isArray(input[0]);

interface Fault {
  readonly path: PropertyKey[];
  readonly message: string;
}

/** Validates tokens without a schema: 300,000 of them take a millisecond this way, and a hundred with a schema. */
function findTokenFault(input: readonly unknown[]): Fault | undefined {
  if (isTokenArray(input)) return faultOfArray(input, []);
  if (input.length > maxInputs)
    return { path: [], message: `must contain at most ${maxInputs} token arrays` };
  let total = 0;
  for (const [index, tokens] of input.entries()) {
    if (!Array.isArray(tokens)) return { path: [index], message: 'must be a token array like the first one' };
    const fault = faultOfArray(tokens, [index]);
    if (fault) return fault;
    total += tokens.length;
    if (total > maxTokensPerRequest) {
      return {
        path: [index],
        message: `brings the request to more than ${maxTokensPerRequest} tokens: split it`,
      };
    }
  }
  return undefined;
}

function faultOfArray(tokens: readonly unknown[], path: PropertyKey[]): Fault | undefined {
  if (tokens.length === 0) return { path, message: 'must contain at least one token' };
  if (tokens.length > maxTokensPerInput)
    return { path, message: `must contain at most ${maxTokensPerInput} tokens, not ${tokens.length}` };
  const index = tokens.findIndex((token) => !isToken(token));
  if (index === -1) return undefined;
  return { path: [...path, index], message: `must be a token: a whole number from 0 to ${maxToken}` };
}

const isToken = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxToken;
