import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { EmbeddingInput } from '../embedding-input.js';
import { type EmbeddingModel, openAiModels } from '../embedding-model.js';
import type { EmbeddingsProvider, ProviderResponse, ProviderRequest } from '../embeddings-provider.js';
import { LocalModel } from './local-model.js';
import { TokenDecoder } from './token-decoder.js';

const localModel: EmbeddingModel = {
  id: 'universal-sentence-encoder-lite',
  dimensions: 512,
  canShorten: true,
  ownedBy: 'marquee',
};

/**
 * The default provider: a small English model that runs offline. It also replaces OpenAI's models, so that apps work without
 * an API key. Responses and cache keys name the local model.
 */
export class LocalEmbeddingsProvider
  implements EmbeddingsProvider, OnApplicationBootstrap, OnApplicationShutdown
{
  readonly description = `local model (${localModel.id}, offline)`;
  readonly models = [localModel];
  readonly otherDimensions =
    'for more dimensions, the operator can set OPENAI_API_KEY, and OPENAI_BASE_URL for a provider other than OpenAI';
  private readonly model = new LocalModel();
  private readonly decoder = new TokenDecoder();

  /** @param options `warmsUp`: whether to load the model at the start, before the first text arrives */
  constructor(private readonly options: { readonly warmsUp: boolean }) {}

  resolve(requested: string): EmbeddingModel | undefined {
    return [localModel, ...openAiModels].some(({ id }) => id === requested) ? localModel : undefined;
  }

  async embeddable(inputs: readonly EmbeddingInput[]): Promise<readonly string[]> {
    const texts: string[] = [];
    for (const [item, input] of inputs.entries())
      texts.push(typeof input === 'string' ? input : await this.decoder.decode(input, item));
    return texts;
  }

  async embed({ inputs, dimensions }: ProviderRequest): Promise<ProviderResponse> {
    const embeddings = await this.model.embed(await this.embeddable(inputs));
    return {
      vectors: embeddings.map(({ vector }) =>
        dimensions === undefined ? vector : shorten(vector, dimensions),
      ),
      promptTokens: embeddings.reduce((sum, { tokens }) => sum + tokens, 0),
    };
  }

  onApplicationBootstrap(): void {
    if (this.options.warmsUp) this.model.warmUp();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.model.stop();
  }
}

/** Truncates a vector and normalizes it to unit length, as OpenAI documents for its models. */
function shorten(vector: Float32Array, dimensions: number): Float32Array {
  const head = vector.slice(0, dimensions);
  const norm = Math.hypot(...head);
  return norm === 0 ? head : head.map((value) => value / norm);
}
