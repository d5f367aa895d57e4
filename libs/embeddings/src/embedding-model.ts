/** A model that the embeddings route serves. */
export interface EmbeddingModel {
  readonly id: string;
  /** Dimensions of its vectors by default; undefined until the upstream has shown them. */
  readonly dimensions: number | undefined;
  /** Whether `dimensions` may ask for fewer. */
  readonly canShorten: boolean;
  readonly ownedBy: string;
}

/** OpenAI's embedding models (platform.openai.com/docs/models). */
export const openAiModels: readonly EmbeddingModel[] = [
  { id: 'text-embedding-3-small', dimensions: 1536, canShorten: true, ownedBy: 'openai' },
  { id: 'text-embedding-3-large', dimensions: 3072, canShorten: true, ownedBy: 'openai' },
  { id: 'text-embedding-ada-002', dimensions: 1536, canShorten: false, ownedBy: 'openai' },
];
