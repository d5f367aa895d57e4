import type { RedisBudget } from '@app/redis';
import type { Namespace } from '../namespace.js';
import type { Load } from './loaded.js';

/** What a caller of `getOrLoad` requests, besides its inputs. */
export interface LoadRequest<I, T> {
  readonly namespace: Namespace<I, T>;
  readonly load: Load<I, T>;
  readonly budget: RedisBudget;
  /** Whether to load fresh values although there are some (`Cache-Control: no-cache`). */
  readonly refresh: boolean;
}
