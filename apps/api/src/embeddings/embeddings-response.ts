import { Readable } from 'node:stream';
import { type Embeddings, vectorToBase64 } from '@app/embeddings';

/** Responses with more numbers are streamed vector by vector: as one object, 2,048 vectors would take half a gigabyte. */
const maxUnstreamedNumbers = 65_536;

/** Returns the response of OpenAI's embeddings API: an object, or a stream of JSON if it is large. */
export function toEmbeddingsResponse(embeddings: Embeddings, format: 'float' | 'base64'): object | Readable {
  const { model, vectors, promptTokens } = embeddings;
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
  const entry = (vector: Float32Array, index: number) => ({
    object: 'embedding',
    index,
    embedding: format === 'base64' ? vectorToBase64(vector) : Array.from(vector),
  });
  const numbers = vectors.reduce((sum, { length }) => sum + length, 0);
  if (numbers < maxUnstreamedNumbers) return { object: 'list', data: vectors.map(entry), model, usage };
  return Readable.from(chunks(vectors, entry, { model, usage }), { objectMode: true, highWaterMark: 4 });
}

function* chunks(
  vectors: readonly Float32Array[],
  entry: (vector: Float32Array, index: number) => object,
  rest: object,
): Generator<string> {
  yield '{"object":"list","data":[';
  for (const [index, vector] of vectors.entries())
    yield (index === 0 ? '' : ',') + JSON.stringify(entry(vector, index));
  yield `],${JSON.stringify(rest).slice(1)}`;
}
