import { DomainError, FieldError } from '@app/errors';

/** An invalid line. */
export interface LineFault {
  readonly line: number;
  readonly message: string;
}

/** What is wrong with a file. */
export interface FileFaults {
  /** The number of lines that are not valid movies. */
  readonly invalidLines: number;
  /** What is wrong with the first of them. */
  readonly faults: readonly LineFault[];
}

/** An imported file has lines that are not valid movies. Nothing was imported. */
export class InvalidImportError extends DomainError {
  readonly code = 'invalid-import';
  readonly status = 400;
  readonly title = 'Invalid import';
  override readonly errors: readonly { readonly field: string; readonly message: string }[];
  override readonly extensions: Readonly<Record<string, unknown>>;

  constructor({ faults, invalidLines }: FileFaults) {
    super(
      `${invalidLines} ${invalidLines === 1 ? 'line is' : 'lines are'} invalid, so nothing was imported. ` +
        'Correct them, or set partial=true to import the others.',
    );
    this.errors = faults.map(({ line, message }) => ({ field: `line ${line}`, message }));
    this.extensions = { 'invalid-lines': invalidLines };
  }
}

/** An imported file has no valid movie. An empty index is not published. */
export class EmptyImportError extends FieldError {
  readonly code = 'empty-import';
  readonly status = 400;
  readonly title = 'Empty import';

  constructor() {
    super('body', 'contains no movie, so the index was not changed');
  }
}

export class ImportTooLargeError extends FieldError {
  readonly code = 'import-too-large';
  readonly status = 413;
  readonly title = 'Import too large';

  constructor(message: string) {
    super('body', message);
  }
}
