import { Module } from '@nestjs/common';
import { CacheModule } from '@app/cache';
import { MarqueeConfig } from '@app/config';
import { EMBEDDINGS_PROVIDER, type EmbeddingsProvider } from './embeddings-provider.js';
import { EmbeddingsRepository } from './embeddings.repository.js';
import { EmbeddingsService } from './embeddings.service.js';
import { LocalEmbeddingsProvider } from './local/local-embeddings.provider.js';
import { StoredVectorsRepository } from './store/stored-vectors.repository.js';
import { OpenAiEmbeddingsProvider } from './openai-embeddings.provider.js';

@Module({
  imports: [CacheModule],
  providers: [
    EmbeddingsRepository,
    EmbeddingsService,
    StoredVectorsRepository,
    {
      provide: EMBEDDINGS_PROVIDER,
      useFactory: (config: MarqueeConfig): EmbeddingsProvider =>
        config.openAi ? new OpenAiEmbeddingsProvider(config, config.openAi) : new LocalEmbeddingsProvider(),
      inject: [MarqueeConfig],
    },
  ],
  exports: [EmbeddingsService, StoredVectorsRepository],
})
export class EmbeddingsModule {}
