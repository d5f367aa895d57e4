import { Injectable } from '@nestjs/common';
import type { TrendingGeneration } from './trending.repository.js';

/** The newest generation that this process has published or read. It outlives Redis losing the set. */
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
