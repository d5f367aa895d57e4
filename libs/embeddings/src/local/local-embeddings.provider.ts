import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { EmbeddingInput } from '../embedding-input.js';
import { type EmbeddingModel, openAiModels } from '../embedding-model.js';
import type { EmbeddingsProvider, ProviderAnswer, ProviderRequest } from '../embeddings-provider.js';
import { LocalModel } from './local-model.js';
import { TokenDecoder } from './token-decoder.js';

const localModel: EmbeddingModel = {
  id: 'universal-sentence-encoder-lite',
  dimensions: 512,
  canShorten: true,
  ownedBy: 'marquee',
};

/**
 * The embedded default: a small English model that runs offline. It stands in for OpenAI's models too, so that an
 * app runs unchanged without a key; the answer and the cache keys name the local model.
 */
export class LocalEmbeddingsProvider
  implements EmbeddingsProvider, OnApplicationBootstrap, OnApplicationShutdown
{
  readonly description = `local model (${localModel.id}, offline)`;
  readonly models = [localModel];
  readonly otherDimensions =
    'to serve more, the operator sets OPENAI_API_KEY, and OPENAI_BASE_URL for a provider other than OpenAI';
  private readonly model = new LocalModel();
  private readonly decoder = new TokenDecoder();

  resolve(requested: string): EmbeddingModel | undefined {
    return [localModel, ...openAiModels].some(({ id }) => id === requested) ? localModel : undefined;
  }

  async embeddable(inputs: readonly EmbeddingInput[]): Promise<readonly string[]> {
    const texts: string[] = [];
    for (const [item, input] of inputs.entries())
      texts.push(typeof input === 'string' ? input : await this.decoder.decode(input, item));
    return texts;
  }

  async embed({ inputs, dimensions }: ProviderRequest): Promise<ProviderAnswer> {
    const embeddings = await this.model.embed(await this.embeddable(inputs));
    return {
      vectors: embeddings.map(({ vector }) =>
        dimensions === undefined ? vector : shorten(vector, dimensions),
      ),
      promptTokens: embeddings.reduce((sum, { tokens }) => sum + tokens, 0),
    };
  }

  onApplicationBootstrap(): void {
    this.model.warmUp();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.model.stop();
  }
}

/** The first dimensions, brought back to unit length, as OpenAI describes for its own. */
function shorten(vector: Float32Array, dimensions: number): Float32Array {
  const head = vector.slice(0, dimensions);
  const norm = Math.hypot(...head);
  return norm === 0 ? head : head.map((value) => value / norm);
}
