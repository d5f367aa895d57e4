/** A model that `POST /v1/embeddings` serves. */
export interface EmbeddingModel {
  readonly id: string;
  /** The default dimensions; undefined until learned from the first response of the upstream. */
  readonly dimensions: number | undefined;
  /** Whether requests may set `dimensions` to a lower number. */
  readonly canShorten: boolean;
  readonly ownedBy: string;
}

/** OpenAI's embedding models (platform.openai.com/docs/models). */
export const openAiModels: readonly EmbeddingModel[] = [
  { id: 'text-embedding-3-small', dimensions: 1536, canShorten: true, ownedBy: 'openai' },
  { id: 'text-embedding-3-large', dimensions: 3072, canShorten: true, ownedBy: 'openai' },
  { id: 'text-embedding-ada-002', dimensions: 1536, canShorten: false, ownedBy: 'openai' },
];
