import { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { discardBody } from '../connections.js';
import { RequestValidationError } from '../request-validation.error.js';
import { BodyAbortedError, BodyTimeoutError, BodyTooLargeError } from './body.errors.js';
import { ByteCollector } from './byte-collector.js';
import type { Upload, UploadClock } from './upload-clock.js';

/** Pieces that a body may come in, besides one for every 64 bytes: each costs about as much as a small request. */
const maxPieces = 1_000;
const minPieceBytes = 64;
/** Bytes that are received before they are accounted for. */
const accountingBytes = 16_384;

export interface ReceptionOptions {
  readonly maxBytes: number;
  /** Looks at a piece, and says what is wrong with the body if anything is. */
  readonly inspect?: ((piece: Buffer) => string | undefined) | undefined;
  /** Makes room for a piece, where the length was not announced. */
  readonly makeRoom?: ((bytes: number) => void) | undefined;
  /** Accounts for bytes that were received, of a body of which `bodyBytes` have come so far. */
  readonly account?: ((bytes: number, bodyBytes: number) => Promise<void>) | undefined;
}

/** The receiving of one body: collects what comes, and stops as soon as something is wrong with it. */
export class Reception implements Upload {
  isPaused = false;
  private readonly collector = new ByteCollector();
  private pieces = 0;
  private unaccounted = 0;
  private isOver = false;
  private resolve!: (body: Buffer) => void;
  private reject!: (error: Error) => void;

  constructor(
    private readonly source: Readable,
    private readonly clock: UploadClock,
    private readonly options: ReceptionOptions,
  ) {}

  get receivedBytes(): number {
    return this.collector.length;
  }

  /** @throws BodyTooLargeError, BodyTimeoutError, BodyAbortedError, RequestValidationError, and what the options throw */
  receive(): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      const { source } = this;
      if (source.destroyed) {
        this.abort();
        return;
      }
      this.clock.add(this);
      source.on('data', this.onData).on('end', this.onEnd).on('error', this.abort).on('close', this.abort);
      source.resume();
    });
  }

  timeOut(): void {
    this.fail(new BodyTimeoutError());
  }

  private readonly onData = (piece: Buffer): void => {
    const { maxBytes, makeRoom, inspect, account } = this.options;
    this.pieces++;
    this.collector.add(piece);
    this.unaccounted += piece.length;
    if (this.receivedBytes > maxBytes) {
      this.fail(new BodyTooLargeError(maxBytes));
      return;
    }
    if (this.pieces > maxPieces + this.receivedBytes / minPieceBytes) {
      this.fail(bodyFault('comes in too many tiny pieces'));
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
    else if (account && this.unaccounted >= accountingBytes && !this.isPaused) void this.accountMidway();
  };

  /** Nothing more is read until what came is admitted. */
  private async accountMidway(): Promise<void> {
    this.isPaused = true;
    this.source.pause();
    try {
      await this.accountForRest();
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    this.isPaused = false;
    if (!this.isOver) this.source.resume();
  }

  private async accountForRest(): Promise<void> {
    const bytes = this.unaccounted;
    this.unaccounted = 0;
    if (bytes > 0) await this.options.account?.(bytes, this.receivedBytes);
  }

  private readonly onEnd = (): void => {
    if (this.isOver) return;
    this.end();
    void this.finish();
  };

  private readonly abort = (): void => this.fail(new BodyAbortedError());

  private fail(error: Error): void {
    if (this.isOver) return;
    this.end();
    if (this.source instanceof IncomingMessage) discardBody(this.source);
    void this.finish(error);
  }

  /** What came has come, whatever is said about it; of two errors the first is reported. */
  private async finish(error?: Error): Promise<void> {
    try {
      await this.accountForRest();
      if (error) this.reject(error);
      else this.resolve(this.collector.join());
    } catch (refusal) {
      this.reject(error ?? (refusal as Error));
    }
  }

  private end(): void {
    this.isOver = true;
    this.clock.delete(this);
    const { source } = this;
    source.off('data', this.onData).off('end', this.onEnd).off('close', this.abort);
    // `error` stays listened to: a connection that breaks later is no error of the process.
  }
}

const bodyFault = (message: string): RequestValidationError =>
  new RequestValidationError([{ field: 'body', message }]);
