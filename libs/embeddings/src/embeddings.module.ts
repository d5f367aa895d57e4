import { type DynamicModule, Module } from '@nestjs/common';
import { CacheModule } from '@app/cache';
import { MarqueeConfig } from '@app/config';
import { EMBEDDINGS_PROVIDER, type EmbeddingsProvider } from './embeddings-provider.js';
import { EmbeddingsRepository } from './embeddings.repository.js';
import { EmbeddingsService } from './embeddings.service.js';
import { LocalEmbeddingsProvider } from './local/local-embeddings.provider.js';
import { StoredVectorsRepository } from './store/stored-vectors.repository.js';
import { OpenAiEmbeddingsProvider } from './openai-embeddings.provider.js';

const ON_DEMAND = Symbol('ON_DEMAND');

@Module({
  imports: [CacheModule],
  providers: [
    EmbeddingsRepository,
    EmbeddingsService,
    StoredVectorsRepository,
    {
      provide: EMBEDDINGS_PROVIDER,
      useFactory: (config: MarqueeConfig, isOnDemand = false): EmbeddingsProvider =>
        config.openAi
          ? new OpenAiEmbeddingsProvider(config, config.openAi)
          : new LocalEmbeddingsProvider({ warmsUp: !isOnDemand }),
      inject: [MarqueeConfig, { token: ON_DEMAND, optional: true }],
    },
  ],
  exports: [EmbeddingsService, StoredVectorsRepository],
})
export class EmbeddingsModule {
  /** Loads the local model only when a text is embedded, for a process that rarely does. */
  static onDemand(): DynamicModule {
    return { module: EmbeddingsModule, providers: [{ provide: ON_DEMAND, useValue: true }] };
  }
}
