const swc = (module, transform = {}) => ({
  module: { type: module },
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, ...transform },
    keepClassNames: true,
    target: 'es2022',
  },
});

// CommonJS packages require() these two packages, which are ESM only. Jest on Node 20 does not support that.
const esmOnlyPackages = '/node_modules/(cookie|content-disposition)/';

const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  transform: {
    '\\.ts$': ['@swc/jest', swc('es6')],
    [`${esmOnlyPackages}.+\\.js$`]: ['@swc/jest', swc('commonjs')],
  },
  transformIgnorePatterns: ['/node_modules/(?!(cookie|content-disposition)/)'],
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@app/([^/]+)/testing$': '<rootDir>/libs/$1/src/testing/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

/**
 * Unit specs run without Redis or share the embedded server of `@app/redis/testing`. All tests under test/ start the real
 * servers that they need.
 */
export default {
  coverageProvider: 'v8',
  // Starting real servers and waiting for failovers takes time.
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
