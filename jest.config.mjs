const swc = (module, transform = {}) => ({
  module: { type: module },
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, ...transform },
    keepClassNames: true,
    target: 'es2022',
  },
});

// Two leaves that CommonJS packages require() are ESM only, which Jest on Node 20 cannot do.
const esmOnlyLeaves = '/node_modules/(cookie|content-disposition)/';

const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  transform: {
    '\\.ts$': ['@swc/jest', swc('es6')],
    [`${esmOnlyLeaves}.+\\.js$`]: ['@swc/jest', swc('commonjs')],
  },
  transformIgnorePatterns: ['/node_modules/(?!(cookie|content-disposition)/)'],
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@app/([^/]+)/testing$': '<rootDir>/libs/$1/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

/** Unit specs need no Redis, or share the embedded one of `@app/redis/testing`; everything under test/ starts the real servers that it needs. */
export default {
  coverageProvider: 'v8',
  // Servers start, fail over and come back in their own time.
  testTimeout: 60_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{apps,libs,scripts}/**/*.spec.ts', '<rootDir>/test/eval/*.spec.ts'],
    },
    { ...common, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.spec.ts'] },
    { ...common, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.spec.ts'] },
    { ...common, displayName: 'e2e', testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] },
    { ...common, displayName: 'repository', testMatch: ['<rootDir>/test/repository/**/*.spec.ts'] },
  ],
};
