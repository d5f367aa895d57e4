interface Schema {
  allOf?: object[];
  anyOf?: object[];
  nullable?: boolean;
  type?: string;
}

/**
 * Rewrites, in place, what the generator emits and linters reject: an `allOf` with a single item, and `nullable` without a
 * `type`.
 */
export function tidySchemas(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Schema;
  if (schema.allOf?.length === 1 && Object.keys(schema).length === 1) {
    Object.assign(schema, schema.allOf[0]);
    delete schema.allOf;
  }
  if (schema.nullable && schema.type === undefined && schema.anyOf) {
    delete schema.nullable;
    schema.anyOf = schema.anyOf.map((each) => ({ ...each, nullable: true }));
  }
  // `allOf` would reject the null that `nullable` permits.
  if (schema.nullable && schema.type === undefined && schema.allOf) {
    delete schema.nullable;
    schema.anyOf = [...schema.allOf, { type: 'object', nullable: true, enum: [null] }];
    delete schema.allOf;
  }
  for (const child of Object.values(node)) tidySchemas(child);
}
