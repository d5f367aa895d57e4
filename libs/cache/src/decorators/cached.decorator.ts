import { Inject } from '@nestjs/common';
import { CacheService, type KeyPart } from '../cache.service.js';
import type { Namespace } from '../namespace.js';

type Method<A extends unknown[], T> = (...args: A) => Promise<T>;
type MethodOf<A extends unknown[], T> = (
  target: object,
  property: string | symbol,
  descriptor: TypedPropertyDescriptor<Method<A, T>>,
) => void;

/** Where the decorators find the service that Nest injects into the decorated class. */
const cacheProperty = Symbol('CacheService');

/**
 * Answers a service's method from the cache; on a miss the method runs once for all who wait, and its result is stored.
 *
 * @param key names the value by the call's arguments: text parts, encoded into the key
 * @throws what the method throws
 */
export function Cached<A extends unknown[], T>(
  namespace: Namespace<T>,
  key: (...args: A) => KeyPart,
): MethodOf<A, T> {
  return (target, _property, descriptor) => {
    const method = wrapped(descriptor);
    descriptor.value = async function (this: object, ...args: A): Promise<T> {
      const answer = await cacheOf(this).getOrSet(namespace, key(...args), () => method.apply(this, args));
      // A method that may answer undefined has it in its T.
      return answer.value as T;
    };
    Inject(CacheService)(target, cacheProperty);
  };
}

/** Deletes a cached value once the method has succeeded. */
export function CacheEvict<A extends unknown[], T>(
  namespace: Namespace<unknown>,
  key: (...args: A) => KeyPart,
): MethodOf<A, T> {
  return (target, _property, descriptor) => {
    const method = wrapped(descriptor);
    descriptor.value = async function (this: object, ...args: A): Promise<T> {
      const result = await method.apply(this, args);
      await cacheOf(this).delete(namespace, key(...args));
      return result;
    };
    Inject(CacheService)(target, cacheProperty);
  };
}

function wrapped<A extends unknown[], T>({ value }: TypedPropertyDescriptor<Method<A, T>>): Method<A, T> {
  if (!value) throw new TypeError('Only methods can be cached');
  return value;
}

const cacheOf = (instance: object): CacheService =>
  (instance as Record<symbol, CacheService>)[cacheProperty] as CacheService;
