const { SourceMapDevToolPlugin } = require('@rspack/core');

/** Packages that are not bundled, because they load files from their own folder. */
const external = [/^@energetic-ai\//, /^swagger-ui-dist/];

/** Packages that Nest loads only if they are installed. */
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
 * Raises the target of Nest's settings to ES2022, which Node 20 supports. With ES2021, a helper would define every class
 * field, which costs more than the rest of a small constructor.
 */
function compileForNode20({ module }) {
  for (const rule of module.rules) {
    for (const { loader, options: swc } of rule.use ?? []) {
      if (loader !== 'builtin:swc-loader') continue;
      swc.jsc.target = 'es2022';
      // As in tsconfig.json: decorators and constructor parameters are applied before fields.
      swc.jsc.transform.useDefineForClassFields = false;
    }
  }
}

/**
 * Bundles all packages into one file next to the app's own, because finding and reading two thousand small files takes half of
 * the startup time. That file has no source map, since the first stack trace would take a second to parse it.
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
