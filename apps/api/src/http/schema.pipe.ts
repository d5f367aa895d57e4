import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { RequestValidationError } from './request-validation.error.js';

const maxIssuesShown = 10;

type Schema = NonNullable<ArgumentMetadata['schema']>;
type Issue = NonNullable<Awaited<ReturnType<Schema['~standard']['validate']>>['issues']>[number];

/**
 * Validates `@Body({ schema })`, `@Query({ schema })` and `@Param({ schema })` by their Standard Schema. Nest's own
 * pipe would do, but it renders faults as one text where we want fields.
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

/** `input[3]`, `options.name`; the whole body is `body`. */
function fieldOf({ path }: Issue, whole: string): string {
  const keys = (path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
  const field = keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return field.replace(/^\./, '') || whole;
}
