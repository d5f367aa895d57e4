const maxNames = 10;
const maxNameLength = 64;

/** Error message of a record: an invalid key, or an invalid record. */
export function recordError(issue: {
  readonly code?: string;
  readonly issues?: readonly { readonly message: string }[];
}): string {
  return (issue.code === 'invalid_key' && issue.issues?.[0]?.message) || 'must be a JSON object';
}

/** Error message of a strict object: lists unknown fields, up to a maximum. */
export function objectError(issue: { readonly code?: string; readonly keys?: readonly string[] }): string {
  if (issue.code !== 'unrecognized_keys') return 'must be a JSON object';
  const { keys = [] } = issue;
  const names = keys.slice(0, maxNames).map((key) => key.slice(0, maxNameLength));
  return `has unknown fields: ${names.join(', ')}${keys.length > maxNames ? ` and ${keys.length - maxNames} more` : ''}`;
}
