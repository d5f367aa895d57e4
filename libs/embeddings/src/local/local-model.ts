import { Worker } from 'node:worker_threads';
import { EmbeddingsOverloadedError, InvalidEmbeddingsError } from '../embeddings.errors.js';

const workerFile = new URL('./local-model.worker.mjs', import.meta.url);

/** Measured: 4 ms a text in batches of 16 to 32, 16 ms alone, and slower again above. */
const textsPerBatch = 16;
const maxPendingTexts = 16_384;
const millisecondsPerText = 5;
/** Attention costs the square of the length; what comes after says little of what a film is about. */
const maxCharactersPerText = 2_000;

interface WaitingText {
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
 * The Universal Sentence Encoder Lite in a worker thread. Texts of all requests share its batches, a batch's
 * worth of each request at a time, so a long request does not make a short one wait for its end. A worker that
 * dies fails its batch and is started anew by the next text.
 */
export class LocalModel {
  private worker: Worker | undefined;
  private ready = false;
  private batch: WaitingText[] = [];
  private readonly queue: WaitingText[] = [];
  private waiting = 0;

  /** @throws EmbeddingsOverloadedError when too many texts are waiting */
  async embed(texts: readonly string[]): Promise<LocalEmbedding[]> {
    if (this.waiting + texts.length > maxPendingTexts) {
      throw new EmbeddingsOverloadedError(Math.ceil((this.waiting * millisecondsPerText) / 1000));
    }
    this.waiting += texts.length;
    try {
      const embeddings: LocalEmbedding[] = [];
      for (let start = 0; start < texts.length; start += textsPerBatch) {
        const part = texts.slice(start, start + textsPerBatch);
        embeddings.push(...(await Promise.all(part.map((text) => this.enqueue(text)))));
      }
      return embeddings;
    } finally {
      this.waiting -= texts.length;
    }
  }

  /** Loads the model ahead of the first text. */
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
      this.next();
    });
  }

  private next(): void {
    if (!this.ready || this.batch.length > 0 || this.queue.length === 0) return;
    this.batch = this.queue.splice(0, textsPerBatch);
    this.worker?.postMessage({ id: 0, texts: this.batch.map(({ text }) => text) });
  }

  private startWorker(): Worker {
    const worker = new Worker(workerFile);
    worker.unref();
    worker.on('message', (reply: WorkerReply) => this.onReply(reply));
    worker.on('error', (error) => this.onDeath(`its worker failed: ${error.message}`));
    worker.on('exit', () => this.onDeath('its worker ended'));
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
    this.next();
  }

  private onDeath(reason: string): void {
    if (!this.worker) return;
    this.worker = undefined;
    this.ready = false;
    const failed = [...this.batch, ...this.queue.splice(0)];
    this.batch = [];
    for (const { reject } of failed) reject(new InvalidEmbeddingsError(`the local model: ${reason}`));
  }
}
