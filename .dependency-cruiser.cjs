/** Import boundaries between rooms: apps → feature libs → cache, rate-limit → redis → observability → config, errors. */
const features = '(embeddings|query-understanding|trending|tmdb|sessions|tasks)';

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'only-through-the-door',
      comment: 'A room is entered by its index.ts, or by its testing/index.ts from specs.',
      severity: 'error',
      from: { path: '^(apps|libs|test)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/src/', pathNot: ['^libs/[^/]+/src/(testing/)?index\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'libs-know-no-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-know-no-other-app',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'features-know-no-other-feature',
      severity: 'error',
      from: { path: `^libs/${features}/` },
      to: { path: `^libs/(search|${features})/`, pathNot: '^libs/$1/' },
    },
    {
      name: 'foundations-know-no-feature',
      severity: 'error',
      from: {
        path: '^libs/(cache|rate-limit|redis|auth|locks|upstream|observability|events|catalogue|program)/',
      },
      to: { path: `^libs/(search|${features})/` },
    },
    {
      name: 'async-config-and-errors-import-no-room',
      severity: 'error',
      from: { path: '^libs/(async|config|errors)/' },
      to: { path: '^libs/', pathNot: '^libs/$1/' },
    },
    {
      name: 'redis-stands-on-the-foundations',
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
      name: 'product-knows-no-test',
      severity: 'error',
      from: { path: '^(apps|libs)/' },
      to: { path: '^test/' },
    },
    {
      name: 'product-imports-no-testing',
      comment: 'Test helpers never reach a bundle.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$|^libs/[^/]+/src/testing/' },
      to: { path: '^libs/[^/]+/src/testing/' },
    },
    {
      name: 'product-uses-no-dev-dependency',
      severity: 'error',
      // The console's page finds its modules by address, in the browser.
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
