/** Import boundaries between rooms: apps → feature libs → cache, rate-limit → redis → observability → config, errors. */
const features = '(embeddings|query-understanding|trending|tmdb|sessions|tasks)';

module.exports = {
  forbidden: [
    { name: 'no-import-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'rooms-only-through-index',
      comment: 'Rooms are imported through their index.ts; specs may also import testing/index.ts.',
      severity: 'error',
      from: { path: '^(apps|libs|test)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/[^/]+/src/(testing/)?index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'libs-do-not-import-apps',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-do-not-import-each-other',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'features-do-not-import-each-other',
      severity: 'error',
      from: { path: `^libs/${features}/` },
      to: { path: `^libs/(search|${features})/`, pathNot: '^libs/$1/' },
    },
    {
      name: 'services-do-not-import-features',
      severity: 'error',
      from: {
        path: '^libs/(cache|rate-limit|redis|auth|locks|upstream|observability|events|catalogue|program)/',
      },
      to: { path: `^libs/(search|${features})/` },
    },
    {
      name: 'async-config-and-errors-import-no-other-room',
      severity: 'error',
      from: { path: '^libs/(async|config|errors)/' },
      to: { path: '^libs/', pathNot: '^libs/$1/' },
    },
    {
      name: 'redis-imports-only-foundations',
      severity: 'error',
      from: { path: '^libs/redis/' },
      to: { path: '^libs/', pathNot: '^libs/(redis|async|config|errors|observability)/' },
    },
    {
      name: 'only-redis-imports-ioredis',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '^libs/redis/' },
      to: { path: '(^|/)node_modules/ioredis' },
    },
    {
      name: 'product-code-does-not-import-tests',
      severity: 'error',
      from: { path: '^(apps|libs)/' },
      to: { path: '^test/' },
    },
    {
      name: 'product-code-does-not-import-test-helpers',
      comment: 'Test helpers must not become part of a bundle.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$|^libs/[^/]+/src/testing/' },
      to: { path: '^libs/[^/]+/src/testing/' },
    },
    {
      name: 'product-code-does-not-import-dev-dependencies',
      severity: 'error',
      // The console's page loads its modules by URL in the browser.
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$|^apps/api/src/console/assets/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
