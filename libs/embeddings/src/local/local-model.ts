import { Worker } from 'node:worker_threads';
import { EmbeddingsOverloadedError, InvalidEmbeddingsError } from '../embeddings.errors.js';

const workerFile = new URL('./local-model.worker.mjs', import.meta.url);

/** Measured: 4 ms per text in batches of 16 to 32, 16 ms for a single text; larger batches are slower. */
const textsPerBatch = 16;
const maxPendingTexts = 16_384;
const millisecondsPerText = 5;
/** The cost of attention is quadratic in the length, and the beginning of a text says enough about a movie. */
const maxCharactersPerText = 2_000;

interface QueuedText {
  readonly text: string;
  readonly resolve: (embedding: LocalEmbedding) => void;
  readonly reject: (error: Error) => void;
}

export interface LocalEmbedding {
  readonly vector: Float32Array;
  readonly tokens: number;
}

interface WorkerReply {
  readonly ready?: true;
  readonly id: number;
  readonly vectors?: Float32Array[];
  readonly promptTokens?: number[];
  readonly error?: string;
}

/**
 * Runs the Universal Sentence Encoder Lite in a worker thread. Requests take turns, one batch at a time, so that a short
 * request does not wait for a long one to finish. If the worker dies, the queued texts fail, and the next text starts a new
 * worker.
 */
export class LocalModel {
  private worker: Worker | undefined;
  private ready = false;
  private batch: QueuedText[] = [];
  private readonly queue: QueuedText[] = [];
  private pendingTexts = 0;

  /** @throws EmbeddingsOverloadedError if too many texts are queued */
  async embed(texts: readonly string[]): Promise<LocalEmbedding[]> {
    if (this.pendingTexts + texts.length > maxPendingTexts) {
      throw new EmbeddingsOverloadedError(Math.ceil((this.pendingTexts * millisecondsPerText) / 1000));
    }
    this.pendingTexts += texts.length;
    try {
      const embeddings: LocalEmbedding[] = [];
      for (let start = 0; start < texts.length; start += textsPerBatch) {
        const part = texts.slice(start, start + textsPerBatch);
        embeddings.push(...(await Promise.all(part.map((text) => this.enqueue(text)))));
      }
      return embeddings;
    } finally {
      this.pendingTexts -= texts.length;
    }
  }

  /** Starts loading the model before the first text arrives. */
  warmUp(): void {
    this.worker ??= this.startWorker();
  }

  async stop(): Promise<void> {
    await this.worker?.terminate();
  }

  private enqueue(text: string): Promise<LocalEmbedding> {
    return new Promise((resolve, reject) => {
      this.queue.push({ text: text.slice(0, maxCharactersPerText).toWellFormed(), resolve, reject });
      this.warmUp();
      this.sendNextBatch();
    });
  }

  private sendNextBatch(): void {
    if (!this.ready || this.batch.length > 0 || this.queue.length === 0) return;
    this.batch = this.queue.splice(0, textsPerBatch);
    this.worker?.postMessage({ id: 0, texts: this.batch.map(({ text }) => text) });
  }

  private startWorker(): Worker {
    const worker = new Worker(workerFile);
    worker.unref();
    worker.on('message', (reply: WorkerReply) => this.onReply(reply));
    worker.on('error', (error) => this.onExit(`the worker failed: ${error.message}`));
    worker.on('exit', () => this.onExit('the worker exited'));
    return worker;
  }

  private onReply(reply: WorkerReply): void {
    if (reply.ready) {
      this.ready = true;
    } else {
      const batch = this.batch;
      this.batch = [];
      batch.forEach(({ resolve, reject }, index) => {
        const vector = reply.vectors?.[index];
        if (vector) resolve({ vector, tokens: reply.promptTokens?.[index] ?? 0 });
        else reject(new InvalidEmbeddingsError(`the local model: ${reply.error ?? 'a vector is missing'}`));
      });
    }
    this.sendNextBatch();
  }

  private onExit(reason: string): void {
    if (!this.worker) return;
    this.worker = undefined;
    this.ready = false;
    const failed = [...this.batch, ...this.queue.splice(0)];
    this.batch = [];
    for (const { reject } of failed) reject(new InvalidEmbeddingsError(`the local model: ${reason}`));
  }
}
