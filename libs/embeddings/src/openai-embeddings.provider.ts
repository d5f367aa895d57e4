import type { OnApplicationShutdown } from '@nestjs/common';
import type { MarqueeConfig, OpenAiConfig } from '@app/config';
import { UpstreamClient } from '@app/upstream';
import { z } from 'zod';
import type { EmbeddingInput } from './embedding-input.js';
import { type EmbeddingModel, openAiModels } from './embedding-model.js';
import type { EmbeddingsProvider, ProviderResponse, ProviderRequest } from './embeddings-provider.js';
import { InvalidEmbeddingsError } from './embeddings.errors.js';
import { vectorFromBase64 } from './embedding-vector.js';

// The API's own limits: 2,048 inputs and a total of 300,000 tokens per request.
const maxInputsPerCall = 2048;
const maxTokensPerCall = 300_000;
/** A conservative estimate for text in Latin script. */
const charactersPerToken = 3;

/** The longest JSON representation of a float, with comma and space. In base64, it is 5.4 bytes. */
const bytesPerNumber = 26;
/** Upper bounds for the JSON around each vector, and around all of them. */
const entryBytes = 1_024;
const envelopeBytes = 65_536;
/** The maximum of EMBEDDINGS_DIMENSIONS. */
const maxDimensions = 65_536;

const responseSchema = z.object({
  data: z.array(z.object({ index: z.int(), embedding: z.union([z.string(), z.array(z.number())]) })),
  usage: z.object({ prompt_tokens: z.int().nonnegative() }).optional(),
});

/** Requests embeddings from an OpenAI-compatible `POST /embeddings`. */
export class OpenAiEmbeddingsProvider implements EmbeddingsProvider, OnApplicationShutdown {
  readonly description: string;
  readonly models: readonly EmbeddingModel[];
  readonly otherDimensions = undefined;
  private readonly upstream: UpstreamClient;

  constructor(config: MarqueeConfig, openAi: OpenAiConfig) {
    const { host } = new URL(openAi.baseUrl);
    this.models = servedModels(config.embeddings);
    this.description = `${host} (${this.models[0]?.id})`;
    this.upstream = new UpstreamClient({
      name: `embeddings at ${host}`,
      baseUrl: openAi.baseUrl,
      bearerToken: openAi.apiKey,
      ...config.upstream,
    });
  }

  resolve(requested: string): EmbeddingModel | undefined {
    return this.models.find(({ id }) => id === requested);
  }

  embeddable(inputs: readonly EmbeddingInput[]): Promise<readonly EmbeddingInput[]> {
    return Promise.resolve(inputs);
  }

  async embed({ model, inputs, dimensions, expectedDimensions }: ProviderRequest): Promise<ProviderResponse> {
    const responses = await Promise.all(
      splitForUpstream(inputs).map((part) =>
        this.call(part, expectedDimensions, {
          model,
          encoding_format: 'base64',
          ...(dimensions ? { dimensions } : {}),
        }),
      ),
    );
    return {
      vectors: responses.flatMap(({ vectors }) => vectors),
      promptTokens: responses.reduce((sum, { promptTokens }) => sum + promptTokens, 0),
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.upstream.close();
  }

  private async call(
    inputs: readonly EmbeddingInput[],
    expectedDimensions: number | undefined,
    parameters: Record<string, unknown>,
  ): Promise<ProviderResponse> {
    const maxResponseBytes = maxBytesOf(inputs.length, expectedDimensions);
    const body = { input: inputs, ...parameters };
    const reply = await this.upstream.postJson('/embeddings', body, { maxResponseBytes });
    const { data: response, error } = responseSchema.safeParse(reply);
    if (!response)
      throw new InvalidEmbeddingsError(
        `the response is not a list of embeddings (${error.issues[0]?.message})`,
      );
    if (response.data.length !== inputs.length) {
      throw new InvalidEmbeddingsError(`${response.data.length} vectors for ${inputs.length} inputs`);
    }
    const vectors = new Array<Float32Array | undefined>(inputs.length);
    for (const { index, embedding } of response.data) {
      if (index < 0 || index >= inputs.length)
        throw new InvalidEmbeddingsError(`index ${index} is out of range`);
      if (vectors[index]) throw new InvalidEmbeddingsError(`index ${index} is repeated`);
      vectors[index] = toVector(embedding);
    }
    return { vectors: vectors as Float32Array[], promptTokens: response.usage?.prompt_tokens ?? 0 };
  }
}

/** Returns the maximum size of a valid response, which follows from the request. */
function maxBytesOf(vectors: number, dimensions = maxDimensions): number {
  return envelopeBytes + vectors * (entryBytes + dimensions * bytesPerNumber);
}

/** Decodes an embedding. Some compatible servers ignore `encoding_format` and send numbers. */
function toVector(embedding: string | number[]): Float32Array {
  if (typeof embedding !== 'string') return Float32Array.from(embedding);
  const vector = vectorFromBase64(embedding);
  if (!vector) throw new InvalidEmbeddingsError('a vector is not base64-encoded float32');
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

/** Splits inputs into parts within the upstream's limits, in order. */
function splitForUpstream(inputs: readonly EmbeddingInput[]): EmbeddingInput[][] {
  const parts: EmbeddingInput[][] = [];
  let part: EmbeddingInput[] = [];
  let tokens = 0;
  for (const input of inputs) {
    const size = typeof input === 'string' ? input.length / charactersPerToken : input.length;
    if (part.length === maxInputsPerCall || (part.length > 0 && tokens + size > maxTokensPerCall)) {
      parts.push(part);
      part = [];
      tokens = 0;
    }
    part.push(input);
    tokens += size;
  }
  parts.push(part);
  return parts;
}
