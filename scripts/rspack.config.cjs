const { SourceMapDevToolPlugin } = require('@rspack/core');

/** Loaded from where they lie, since they look for files beside themselves. */
const external = [/^@energetic-ai\//, /^swagger-ui-dist/];

/** What Nest asks for only where it is installed. */
const optional = [
  '@nestjs/microservices/microservices-module.js',
  '@nestjs/platform-express',
  '@nestjs/websockets/socket-module.js',
  '@fastify/multipart',
  '@fastify/view',
];

module.exports = (options) => {
  compileForNode20(options);
  const [, folder] = /^(apps\/\w+)\/main\.js$/.exec(options.output.filename) ?? [];
  if (folder) bundlePackages(options, folder);
  return options;
};

/**
 * Nest's own settings, but for Node 20 as it is: for ES2021 every field of every object would be defined by a helper, which
 * costs more than the rest of a small constructor.
 */
function compileForNode20({ module }) {
  for (const rule of module.rules) {
    for (const { loader, options: swc } of rule.use ?? []) {
      if (loader !== 'builtin:swc-loader') continue;
      swc.jsc.target = 'es2022';
      // As tsconfig.json says: decorators and constructor parameters come before fields.
      swc.jsc.transform.useDefineForClassFields = false;
    }
  }
}

/**
 * The packages go into one file beside the app's own: finding and reading two thousand small ones is half of a start. That file
 * has no source map, which a first stack trace would take a second to parse.
 */
function bundlePackages(options, folder) {
  options.externals = [...external, ...optional];
  options.externalsPresets = { node: true };
  options.externalsType = 'module-import';
  options.output.filename = options.output.chunkFilename = `${folder}/[name].js`;
  options.optimization.splitChunks = {
    cacheGroups: { packages: { test: /[\\/]node_modules[\\/]/, name: 'packages', chunks: 'initial' } },
  };
  options.devtool = false;
  options.plugins.push(
    new SourceMapDevToolPlugin({ filename: '[file].map', exclude: /packages\.js$|\/\d+\.js$/ }),
  );
}
