import { TrendingUnavailableError } from '../trending.errors.js';
import type { TrendingSource } from '../trending-source.js';
import type { ViewsRepository } from './views.repository.js';

/** What this app's own viewers looked at. */
export class ViewsTrendingSource implements TrendingSource {
  readonly name = 'views';

  constructor(
    private readonly views: ViewsRepository,
    private readonly count: number,
  ) {}

  /** @throws TrendingUnavailableError when Redis is away */
  async ranked(): Promise<readonly number[]> {
    const outcome = await this.views.ranked(this.count, Date.now());
    if (outcome.status !== 'ok') throw new TrendingUnavailableError();
    return outcome.value;
  }
}
