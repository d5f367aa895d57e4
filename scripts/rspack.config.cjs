/**
 * Nest's own settings, but for Node 20 as it is: for ES2021 every field of every object would be defined by a helper, which
 * costs more than the rest of a small constructor.
 */
module.exports = (options) => {
  for (const rule of options.module.rules) {
    for (const { loader, options: swc } of rule.use ?? []) {
      if (loader !== 'builtin:swc-loader') continue;
      swc.jsc.target = 'es2022';
      // As tsconfig.json says: decorators and constructor parameters come before fields.
      swc.jsc.transform.useDefineForClassFields = false;
    }
  }
  return options;
};
