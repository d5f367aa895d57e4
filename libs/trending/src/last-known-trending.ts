import { Injectable } from '@nestjs/common';
import type { TrendingGeneration } from './trending.repository.js';

/** Holds the newest generation that this process has published or read, even after Redis has lost it. */
@Injectable()
export class LastKnownTrending {
  private generation: TrendingGeneration | undefined;

  get value(): TrendingGeneration | undefined {
    return this.generation;
  }

  remember(generation: TrendingGeneration): void {
    this.generation = generation;
  }
}
