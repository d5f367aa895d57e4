import { TrendingUnavailableError } from '../trending.errors.js';
import type { TrendingSource } from '../trending-source.js';
import type { ViewsRepository } from './views.repository.js';

/** Ranks movies by the views of this app's own users. */
export class ViewsTrendingSource implements TrendingSource {
  readonly name = 'views';

  constructor(
    private readonly views: ViewsRepository,
    private readonly count: number,
  ) {}

  /** @throws TrendingUnavailableError if Redis is unavailable */
  async ranked(): Promise<readonly number[]> {
    const outcome = await this.views.ranked(this.count, Date.now());
    if (outcome.status !== 'ok') throw new TrendingUnavailableError();
    return outcome.value;
  }
}
