import type { OnApplicationShutdown } from '@nestjs/common';
import type { MarqueeConfig, OpenAiConfig } from '@app/config';
import { UpstreamClient } from '@app/upstream';
import { z } from 'zod';
import { type EmbeddingModel, openAiModels } from './embedding-model.js';
import type { EmbeddingsProvider, ProviderAnswer, ProviderRequest } from './embeddings-provider.js';
import { InvalidEmbeddingsError } from './embeddings.errors.js';
import { vectorFromBase64 } from './embedding-vector.js';

// The API's own limits: 2,048 texts a request, and 300,000 tokens over all of them (3 characters a token is the
// cautious end for text in Latin script).
const mostTextsPerCall = 2048;
const mostCharactersPerCall = 900_000;

const answerSchema = z.object({
  data: z.array(z.object({ index: z.int(), embedding: z.union([z.string(), z.array(z.number())]) })),
  usage: z.object({ prompt_tokens: z.int().nonnegative() }).optional(),
});

/** Any OpenAI-compatible `POST /embeddings`. */
export class OpenAiEmbeddingsProvider implements EmbeddingsProvider, OnApplicationShutdown {
  readonly description: string;
  readonly models: readonly EmbeddingModel[];
  private readonly upstream: UpstreamClient;

  constructor(config: MarqueeConfig, openAi: OpenAiConfig) {
    const { host } = new URL(openAi.baseUrl);
    this.models = servedModels(config.embeddings);
    this.description = `${host} (${this.models[0]?.id})`;
    this.upstream = new UpstreamClient({
      name: `embeddings at ${host}`,
      baseUrl: openAi.baseUrl,
      headers: openAi.apiKey ? { authorization: `Bearer ${openAi.apiKey}` } : {},
      ...config.upstream,
    });
  }

  resolve(requested: string): EmbeddingModel | undefined {
    return this.models.find(({ id }) => id === requested);
  }

  async embed({ model, texts, dimensions }: ProviderRequest): Promise<ProviderAnswer> {
    const answers = await Promise.all(
      splitForUpstream(texts).map((part) =>
        this.call(part, { model, encoding_format: 'base64', ...(dimensions ? { dimensions } : {}) }),
      ),
    );
    return {
      vectors: answers.flatMap(({ vectors }) => vectors),
      promptTokens: answers.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.upstream.close();
  }

  private async call(texts: readonly string[], parameters: Record<string, unknown>): Promise<ProviderAnswer> {
    const reply = await this.upstream.postJson('/embeddings', { input: texts, ...parameters });
    const { data: answer, error } = answerSchema.safeParse(reply);
    if (!answer) throw new InvalidEmbeddingsError(`not an embeddings list (${error.issues[0]?.message})`);
    if (answer.data.length !== texts.length) {
      throw new InvalidEmbeddingsError(`${answer.data.length} vectors for ${texts.length} texts`);
    }
    const vectors = new Array<Float32Array | undefined>(texts.length);
    for (const { index, embedding } of answer.data) {
      if (index < 0 || index >= texts.length)
        throw new InvalidEmbeddingsError(`index ${index} is out of range`);
      if (vectors[index]) throw new InvalidEmbeddingsError(`index ${index} comes twice`);
      vectors[index] = toVector(embedding);
    }
    return { vectors: vectors as Float32Array[], promptTokens: answer.usage?.prompt_tokens ?? 0 };
  }
}

/** Some compatible servers ignore `encoding_format` and send numbers. */
function toVector(embedding: string | number[]): Float32Array {
  if (typeof embedding !== 'string') return Float32Array.from(embedding);
  const vector = vectorFromBase64(embedding);
  if (!vector) throw new InvalidEmbeddingsError('a vector is not base64 of float32s');
  return vector;
}

function servedModels({
  model: id = 'text-embedding-3-small',
  dimensions,
}: MarqueeConfig['embeddings']): EmbeddingModel[] {
  const known = openAiModels.find((model) => model.id === id);
  const configured: EmbeddingModel = {
    ownedBy: 'upstream',
    canShorten: true,
    ...known,
    id,
    dimensions: dimensions ?? known?.dimensions,
  };
  return [configured, ...openAiModels.filter((model) => model.id !== id)];
}

/** Parts that each keep the upstream's limits, in order. */
function splitForUpstream(texts: readonly string[]): string[][] {
  const parts: string[][] = [];
  let part: string[] = [];
  let characters = 0;
  for (const text of texts) {
    if (
      part.length === mostTextsPerCall ||
      (part.length > 0 && characters + text.length > mostCharactersPerCall)
    ) {
      parts.push(part);
      part = [];
      characters = 0;
    }
    part.push(text);
    characters += text.length;
  }
  parts.push(part);
  return parts;
}
