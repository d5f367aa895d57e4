import { z } from 'zod';
import { objectError } from '../http/schema-messages.js';
import { inputSchema } from './embeddings-input.js';

/** The body of `POST /v1/embeddings` (platform.openai.com/docs/api-reference/embeddings/create). */
export const embeddingsBodySchema = z
  .strictObject(
    {
      input: inputSchema,
      model: z
        .string({ error: 'is required and must be a string' })
        .min(1, { error: 'must not be empty' })
        .max(128, { error: 'must be at most 128 characters' })
        .meta({ example: 'text-embedding-3-small' }),
      encoding_format: z
        .enum(['float', 'base64'], { error: 'must be "float" or "base64"' })
        .default('float')
        .meta({ description: '`base64` encodes each vector as little-endian float32 values' }),
      dimensions: z
        .int({ error: 'must be a whole number' })
        .min(1, { error: 'must be at least 1' })
        .max(65_536, { error: 'must be at most 65536' })
        .optional(),
      user: z
        .string({ error: 'must be a string' })
        .max(256, { error: 'must be at most 256 characters' })
        .optional()
        .meta({ description: 'Accepted for compatibility; not used' }),
    },
    {
      error: objectError,
    },
  )
  .meta({ id: 'EmbeddingsRequest' });

export type EmbeddingsBody = z.output<typeof embeddingsBodySchema>;

export const embeddingsResponseSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: z.int(),
        embedding: z.union([z.array(z.number()), z.string()]),
      }),
    ),
    model: z.string(),
    usage: z
      .object({ prompt_tokens: z.int(), total_tokens: z.int() })
      .meta({ description: 'Tokens that were embedded for this request; cached embeddings count as 0' }),
  })
  .meta({ id: 'EmbeddingsList' });

export const modelsResponseSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(
      z.object({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() }),
    ),
  })
  .meta({ id: 'ModelsList' });

export const openAiErrorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.enum(['invalid_request_error', 'server_error', 'requests']),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAiError' });
