import type { Readable } from 'node:stream';
import { discardBody } from '../connections.js';
import { RequestValidationError } from '../request-validation.error.js';
import { BodyAbortedError, BodyTimeoutError, BodyTooLargeError } from './body.errors.js';
import { ByteCollector } from './byte-collector.js';
import type { ClockTicket, Upload, UploadClock } from './upload-clock.js';

/** Number of pieces that a body may arrive in, besides one per 64 bytes: a piece costs about as much as a small request. */
const maxPieces = 1_000;
const minPieceBytes = 64;
/** Number of bytes after which the received bytes are charged. */
const accountingBytes = 16_384;

export interface ReceiveOptions {
  readonly maxBytes: number;
  /** Inspects a piece, and returns an error message if the body is invalid. */
  readonly inspect?: ((piece: Buffer) => string | undefined) | undefined;
  /** Reserves space for a piece of a body whose length was not announced. */
  readonly makeRoom?: ((bytes: number) => void) | undefined;
  /** Charges received bytes; `bodyBytes` is the total so far. */
  readonly account?: ((bytes: number, bodyBytes: number) => Promise<void>) | undefined;
}

/** The state while a body is being received. */
interface Task extends ReceiveOptions {
  readonly source: Readable;
  readonly collector: ByteCollector;
  readonly ticket: ClockTicket;
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** Receives one body, and stops as soon as it turns out to be invalid. */
export class BodyReceiver implements Upload {
  isPaused = false;
  // Released as soon as the body is complete: the stream's listeners live longer and would keep the whole request in memory.
  private task: Task | undefined;
  private pieces = 0;
  private unaccounted = 0;

  constructor(private readonly clock: UploadClock) {}

  get receivedBytes(): number {
    return this.task?.collector.length ?? 0;
  }

  /** @throws BodyTooLargeError, BodyTimeoutError, BodyAbortedError, RequestValidationError, and what the options throw */
  receive(source: Readable, options: ReceiveOptions): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const ticket = this.clock.add(this);
      this.task = { ...options, source, collector: new ByteCollector(), ticket, resolve, reject };
      if (source.destroyed) {
        this.abort();
        return;
      }
      source.on('error', this.abort).on('close', this.abort).on('end', this.onEnd).on('data', this.onData);
    });
  }

  timeOut(): void {
    this.fail(new BodyTimeoutError());
  }

  private readonly onData = (piece: Buffer): void => {
    const { task } = this;
    if (!task) return;
    const { maxBytes, makeRoom, inspect, account, collector } = task;
    this.pieces++;
    collector.add(piece);
    this.unaccounted += piece.length;
    if (collector.length > maxBytes) {
      this.fail(new BodyTooLargeError(maxBytes));
      return;
    }
    if (this.pieces > maxPieces + collector.length / minPieceBytes) {
      this.fail(bodyFault('arrives in too many tiny pieces'));
      return;
    }
    try {
      makeRoom?.(piece.length);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    const fault = inspect?.(piece);
    if (fault !== undefined) this.fail(bodyFault(fault));
    else if (account && this.unaccounted >= accountingBytes && !this.isPaused) void this.accountMidway(task);
  };

  /** Pauses reading until the received bytes are charged. */
  private async accountMidway(task: Task): Promise<void> {
    this.isPaused = true;
    task.source.pause();
    try {
      await this.accountForRest(task);
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    this.isPaused = false;
    if (this.task) task.source.resume();
  }

  private async accountForRest({ account, collector }: Task): Promise<void> {
    const bytes = this.unaccounted;
    this.unaccounted = 0;
    if (bytes > 0) await account?.(bytes, collector.length);
  }

  private readonly onEnd = (): void => {
    const task = this.end();
    if (!task) return;
    if (task.account) void this.finish(task);
    else task.resolve(task.collector.join());
  };

  private readonly abort = (): void => {
    if (this.task) this.fail(new BodyAbortedError());
  };

  private fail(error: Error): void {
    const task = this.end();
    if (!task) return;
    task.source.off('data', this.onData);
    discardBody(task.source);
    void this.finish(task, error);
  }

  /** Charges the received bytes even after an error. Of two errors, the first is reported. */
  private async finish(task: Task, error?: Error): Promise<void> {
    try {
      await this.accountForRest(task);
      if (error) task.reject(error);
      else task.resolve(task.collector.join());
    } catch (refusal) {
      task.reject(error ?? (refusal as Error));
    }
  }

  /** Returns undefined if the body has already ended. */
  private end(): Task | undefined {
    const { task } = this;
    this.task = undefined;
    if (task) this.clock.delete(task.ticket);
    return task;
  }
}

const bodyFault = (message: string): RequestValidationError =>
  new RequestValidationError([{ field: 'body', message }]);
