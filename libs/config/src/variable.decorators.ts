import { isIP } from 'node:net';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsUrl, Matches, Max, Min, ValidateBy, type ValidationOptions } from 'class-validator';
import { parseRedisUrl } from './redis-url.js';

/** A whole number in decimal digits, within limits that include both ends. */
export function WholeNumber(min: number, max: number): PropertyDecorator {
  const options: ValidationOptions = { message: `must be a whole number from ${min} to ${max}` };
  return (target, property) => {
    // Number() would also accept '0x10', '1e3' and ' 3 '.
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (/^\d+$/.test(value) ? Number(value) : Number.NaN) : value,
    )(target, property);
    IsInt(options)(target, property);
    Min(min, options)(target, property);
    Max(max, options)(target, property);
  };
}

/** A fraction from 0 to 1 with at most six decimals. */
export const Share = (): PropertyDecorator =>
  Matches(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, { message: 'must be a number from 0 to 1, such as 0.01' });

/** One of these words. */
export const OneOf = (...values: string[]): PropertyDecorator =>
  IsIn(values, { message: `must be one of ${values.join(', ')}` });

/** An API key or token, as a header field can carry it. */
export const Secret = (): PropertyDecorator =>
  Matches(/^[\x21-\x7e]+$/, { message: 'must be printable ASCII without whitespace' });

/** Name of a model at an OpenAI-compatible API. */
export const ModelName = (): PropertyDecorator =>
  Matches(/^[\x21-\x7e]{1,128}$/, {
    message: 'must be 1 to 128 printable ASCII characters without whitespace',
  });

/** A URL that `parseRedisUrl` accepts. */
export const RedisUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'redisUrl',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && typeof parseRedisUrl(value) === 'object',
      defaultMessage: (context) => {
        const fault = parseRedisUrl(typeof context?.value === 'string' ? context.value : '');
        return typeof fault === 'string' ? fault : '';
      },
    },
  });

export const HttpUrl = (): PropertyDecorator =>
  IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false },
    { message: 'must be an http:// or https:// URL' },
  );

/** The URL that paths are appended to: trailing slashes are removed. */
export function BaseUrl(): PropertyDecorator {
  return (target, property) => {
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.replace(/\/+$/, '') : value,
    )(target, property);
    HttpUrl()(target, property);
  };
}

export const HostNames = (): PropertyDecorator =>
  listOf(isHostName, 'must be a comma-separated list of host names such as marquee.local');

export const Networks = (): PropertyDecorator =>
  listOf(isNetwork, 'must be a comma-separated list of addresses or networks such as 10.0.0.0/8');

export const Origins = (): PropertyDecorator =>
  listOf(isOrigin, 'must be a comma-separated list of origins such as https://app.example.com, or *');

const listOf = (isValid: (item: string) => boolean, message: string): PropertyDecorator =>
  ValidateBy({
    name: 'listOf',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && itemsOf(value).every((item) => isValid(item)),
      defaultMessage: () => message,
    },
  });

/** Returns the items of a comma-separated list. */
export const itemsOf = (list: string | undefined): string[] =>
  (list ?? '').split(',').flatMap((item) => item.trim() || []);

function isNetwork(text: string): boolean {
  const [address = '', length] = text.split('/');
  const maxLength = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) > 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= maxLength))
  );
}

const isHostName = (text: string): boolean => /^(?!-)[A-Za-z0-9.-]{1,253}$/.test(text);

function isOrigin(text: string): boolean {
  return text === '*' || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text);
}
