import { STORED_VECTOR_TTL_SECONDS } from '@app/embeddings';
import { z } from 'zod';
import { clientIdSchema } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';

/** More than any embedding model has. A vector with this many dimensions takes 32 KiB. */
const maxDimensions = 8_192;
const maxBase64Length = Math.ceil((maxDimensions * 4) / 3) * 4;
const maxTtlSeconds = 2_592_000;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const storedEmbeddingParamsSchema = z.object({ id: clientIdSchema.meta({ example: 'context-42' }) });

export const storedEmbeddingQuerySchema = z.strictObject(
  {
    encoding_format: z
      .enum(['float', 'base64'], { error: 'must be "float" or "base64"' })
      .default('float')
      .meta({ description: '`base64` encodes the vector as little-endian float32 values' }),
  },
  { error: objectError },
);

/** Numbers, or base64 of little-endian float32 values. */
const vectorSchema = z
  .unknown()
  .transform((embedding, context): Float32Array => {
    const fault = (message: string, path: PropertyKey[] = []): never => {
      context.issues.push({ code: 'custom', input: embedding, path, message });
      return z.NEVER;
    };
    const numbers = typeof embedding === 'string' ? fromBase64(embedding) : embedding;
    if (!Array.isArray(numbers))
      return fault('must be an array of numbers, or base64 of little-endian float32 values');
    if (numbers.length === 0) return fault('must contain at least one number');
    if (numbers.length > maxDimensions) return fault(`must have at most ${maxDimensions} dimensions`);
    const index = numbers.findIndex(
      (value) => typeof value !== 'number' || !Number.isFinite(Math.fround(value)),
    );
    return index === -1
      ? Float32Array.from(numbers as number[])
      : fault('must be a finite number that fits in a float32', [index]);
  })
  .meta({
    description: `Up to ${maxDimensions} numbers, or base64 of little-endian float32 values`,
    example: [0.25, -0.5],
    anyOf: [
      { type: 'array', items: { type: 'number' }, minItems: 1, maxItems: maxDimensions },
      { type: 'string', minLength: 8, maxLength: maxBase64Length },
    ],
  });

function fromBase64(text: string): number[] | undefined {
  if (text.length > maxBase64Length + 4 || !base64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}

export const storedEmbeddingBodySchema = z
  .strictObject(
    {
      embedding: vectorSchema,
      ttlSeconds: z
        .int({ error: 'must be a whole number of seconds' })
        .min(1, { error: 'must be at least 1' })
        .max(maxTtlSeconds, { error: `must be at most ${maxTtlSeconds}` })
        .default(STORED_VECTOR_TTL_SECONDS),
    },
    { error: objectError },
  )
  .meta({ id: 'StoredEmbeddingDraft' });

export type StoredEmbeddingParams = z.output<typeof storedEmbeddingParamsSchema>;
export type StoredEmbeddingQuery = z.output<typeof storedEmbeddingQuerySchema>;
export type StoredEmbeddingBody = z.output<typeof storedEmbeddingBodySchema>;

const stored = {
  id: z.string(),
  dimensions: z.int(),
  expiresAt: z.iso
    .datetime()
    .nullable()
    .meta({ description: 'Null if another program stored the vector without a TTL' }),
};

export const embeddingStoredSchema = z.object(stored).meta({ id: 'EmbeddingStored' });
export const storedEmbeddingSchema = z
  .object({ ...stored, embedding: z.union([z.array(z.number()), z.string()]) })
  .meta({ id: 'StoredEmbedding' });
export const storedEmbeddingDeletedSchema = z
  .object({ id: z.string(), deleted: z.literal(true) })
  .meta({ id: 'StoredEmbeddingDeleted' });
