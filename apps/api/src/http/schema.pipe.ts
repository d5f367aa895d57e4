import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { RequestValidationError } from './request-validation.error.js';

const maxIssuesShown = 10;

type Schema = NonNullable<ArgumentMetadata['schema']>;
type Issue = NonNullable<Awaited<ReturnType<Schema['~standard']['validate']>>['issues']>[number];

/**
 * Validates `@Body({ schema })`, `@Query({ schema })` and `@Param({ schema })` against their Standard Schema. Unlike Nest's own
 * pipe, it reports each invalid field separately.
 */
@Injectable()
export class SchemaPipe implements PipeTransform {
  async transform(value: unknown, { schema, type }: ArgumentMetadata): Promise<unknown> {
    if (!schema) return value;
    const result = await schema['~standard'].validate(value);
    if (!result.issues) return result.value;
    throw new RequestValidationError(
      result.issues
        .slice(0, maxIssuesShown)
        .map((issue) => ({ field: fieldOf(issue, type), message: issue.message })),
    );
  }
}

/** Returns the path of a field, such as `input[3]` or `options.name`; `body` for the whole body. */
function fieldOf({ path }: Issue, whole: string): string {
  const keys = (path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const field = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return field.replace(/^\./, '') || whole;
}
