import { Inject } from '@nestjs/common';
import { CacheService } from '../cache.service.js';
import type { Namespace } from '../namespace.js';

type Method<A extends unknown[], T> = (...args: A) => Promise<T>;
type MethodOf<A extends unknown[], T> = (
  target: object,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Method<A, T>>,
) => void;

/** The property of a decorated class into which Nest injects the service. */
const cacheProperty = Symbol('CacheService');

/**
 * Serves a method from the cache. On a miss the method runs once, no matter how many callers wait for it, and its result is
 * stored for the namespace's TTL: `CACHE_TTL_SECONDS` by default.
 *
 * @param inputOf returns the namespace's input for the arguments of a call
 * @throws what the method throws
 * @example
 * @Cached(movies, (id: number) => id)
 * async find(id: number): Promise<Movie> { … }
 */
export function Cached<A extends unknown[], I, T>(
  namespace: Namespace<I, T>,
  inputOf: (...args: A) => I,
): MethodOf<A, T> {
  return (target, _property, descriptor) => {
    const method = methodOf(descriptor);
    descriptor.value = async function (this: object, ...args: A): Promise<T> {
      const load = (): Promise<T> => method.apply(this, args);
      const { value } = await cacheOf(this).getOrLoadOne(namespace, inputOf(...args), load);
      // T includes undefined if the method may return it.
      return value as T;
    };
    Inject(CacheService)(target, cacheProperty);
  };
}

/**
 * Deletes a cached value after the method has succeeded.
 *
 * @param inputOf returns the namespace's input for the arguments of a call
 * @throws what the method throws
 * @example
 * @CacheEvict(movies, (id: number) => id)
 * async rename(id: number, title: string): Promise<void> { … }
 */
export function CacheEvict<A extends unknown[], I, T>(
  namespace: Namespace<I, unknown>,
  inputOf: (...args: A) => I,
): MethodOf<A, T> {
  return (target, _property, descriptor) => {
    const method = methodOf(descriptor);
    descriptor.value = async function (this: object, ...args: A): Promise<T> {
      const result = await method.apply(this, args);
      await cacheOf(this).delete(namespace, inputOf(...args));
      return result;
    };
    Inject(CacheService)(target, cacheProperty);
  };
}

function methodOf<A extends unknown[], T>({ value }: TypedPropertyDescriptor<Method<A, T>>): Method<A, T> {
  if (!value) throw new TypeError('Only a method can be cached');
  return value;
}

const cacheOf = (instance: object): CacheService =>
  (instance as Record<symbol, CacheService>)[cacheProperty] as CacheService;
