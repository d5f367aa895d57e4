import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.js';
import type { ConfigMap, Container, EnvVar, Secret, Service } from 'kubernetes-types/core/v1.js';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js';
import ts from 'typescript';
import { type Document, parseAllDocuments } from 'yaml';

const root = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const json = (path: string): unknown => JSON.parse(read(path));

/** All variables that Marquee reads. */
const variables = new Set(
  [...read('.env.example').matchAll(/^# ([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name),
);
const settingsOf = (conf: string): string[] =>
  conf.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
const isPinned = (image: string): boolean => /:v?\d+\.\d+/.test(image);
const seconds = (duration: string): number => Number(/^(\d+)s$/.exec(duration)?.[1]);
const shutdownSeconds = Number(/^# SHUTDOWN_TIMEOUT_MS=(\d+)$/m.exec(read('.env.example'))?.[1]) / 1000;

/**
 * Parses all documents of a file, and checks that YAML 1.1 and 1.2 agree, because Kubernetes and Compose use different
 * versions.
 */
function parse(path: string): unknown[] {
  const text = read(path);
  const values = (version: '1.1' | '1.2') => {
    const documents = parseAllDocuments(text, { version, merge: true }) as Document[];
    const errors = documents.flatMap((document) => [...document.errors, ...document.warnings]);
    expect(errors.map(({ message }) => `${path}: ${message}`)).toEqual([]);
    return documents.map((document) => document.toJS() as unknown);
  };
  const documents = values('1.2');
  expect(values('1.1')).toEqual(documents);
  return documents;
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface Kinds {
  readonly ConfigMap: Manifest & ConfigMap;
  readonly Deployment: Manifest & Deployment;
  readonly HorizontalPodAutoscaler: Manifest & HorizontalPodAutoscaler;
  readonly NetworkPolicy: Manifest & NetworkPolicy;
  readonly Secret: Manifest & Secret;
  readonly Service: Manifest & Service;
}

describe('docker/kubernetes', () => {
  const folder = 'docker/kubernetes';
  const kustomization = parse(`${folder}/kustomization.yaml`)[0] as {
    resources: string[];
    images: { name: string; newTag: string }[];
  };
  const files = readdirSync(join(root, folder)).filter((name) => name !== 'kustomization.yaml');
  const manifests = files.flatMap((name) => parse(`${folder}/${name}`) as Manifest[]);
  const all = <K extends keyof Kinds>(kind: K): Kinds[K][] =>
    manifests.filter((manifest) => manifest.kind === kind) as Kinds[K][];
  const named = <K extends keyof Kinds>(kind: K, name: string): Kinds[K] | undefined =>
    all(kind).find(({ metadata }) => metadata.name === name);
  const workloads = all('Deployment').map((deployment) => {
    const pod = deployment.spec?.template.spec;
    if (!pod) throw new Error(`${deployment.metadata.name} has no pod`);
    return { name: deployment.metadata.name, deployment, pod, containers: pod.containers };
  });
  const containers = workloads.flatMap(({ name, containers }) =>
    containers.map((container): [string, Container] => [name, container]),
  );
  const settings = named('ConfigMap', 'marquee-settings')?.data ?? {};

  it('matches the types of the Kubernetes API', () => {
    expect(typeErrorsOf(manifests)).toEqual([]);
  });

  it('would fail with an unknown, missing or mistyped field', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' } };
    const container = { name: 'c', securityContext: { readOnlyRootFileSystem: true } };
    const spec = { selector: {}, template: { spec: { containers: [container] } } };
    const deployment = { ...service, apiVersion: 'apps/v1', kind: 'Deployment' };
    expect(typeErrorsOf([{ ...deployment, spec }])).toEqual([
      expect.stringContaining('readOnlyRootFileSystem'),
    ]);
    expect(typeErrorsOf([{ ...deployment, spec: { template: {} } }])).toEqual([
      expect.stringContaining("'selector' is missing"),
    ]);
    expect(typeErrorsOf([{ ...service, spec: { ports: [{ port: '80' }] } }])).toEqual([
      expect.stringContaining("Type 'string' is not assignable to type 'number'"),
    ]);
    expect(typeErrorsOf([{ ...service, kind: 'Servise' }])).toEqual([expect.stringContaining('Servise')]);
  });

  it('applies every file except the example Secret, and sets no namespace', () => {
    expect(files.toSorted()).toEqual([...kustomization.resources, 'secret.example.yaml'].toSorted());
    for (const { metadata } of manifests) expect(metadata.namespace).toBeUndefined();
    const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it('contains no secrets', () => {
    for (const { stringData = {}, data = {} } of all('Secret')) {
      expect(data).toEqual({});
      for (const value of Object.values(stringData)) expect(value).toMatch(/<[^>]+>/);
    }
  });

  it.each(containers)('%s has probes, limits and no unnecessary privileges', (_, container) => {
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe];
    expect(probes.every((probe) => probe?.httpGet ?? probe?.exec)).toBe(true);
    expect(container.resources).toMatchObject({
      requests: { cpu: expect.any(String), memory: expect.any(String) },
      limits: { memory: expect.any(String) },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.ports?.some(({ hostPort }) => hostPort)).toBe(false);
    const image = kustomization.images.find(({ name }) => name === container.image);
    expect(isPinned(image ? `${image.name}:${image.newTag}` : (container.image ?? ''))).toBe(true);
  });

  it.each(workloads)('$name runs as a user other than root, without access to Kubernetes', ({ pod }) => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(pod.securityContext?.runAsUser).toBeGreaterThan(0);
    for (const host of ['hostNetwork', 'hostPID', 'hostIPC'] as const) expect(pod[host]).toBeUndefined();
    expect(pod.volumes?.some(({ hostPath }) => hostPath)).toBe(false);
  });

  it('probes the routes that the apps serve', () => {
    for (const [name, container] of containers.filter(([, { image }]) => image === 'marquee')) {
      const { startupProbe, livenessProbe, readinessProbe, ports } = container;
      expect([startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet)).toEqual([
        { path: '/health/startup', port: 'http' },
        { path: '/health/live', port: 'http' },
        { path: '/health/ready', port: 'http' },
      ]);
      const port = name === 'marquee-api' ? 3000 : 3001;
      expect(ports).toEqual([{ name: 'http', containerPort: port }]);
    }
  });

  it('gives requests in progress time to finish before SIGKILL', () => {
    expect(Number(settings['SHUTDOWN_TIMEOUT_MS']) / 1000).toBe(shutdownSeconds);
    for (const { pod, containers } of workloads.filter(({ name }) => name !== 'marquee-redis')) {
      const sleep = Number(containers[0]?.lifecycle?.preStop?.exec?.command?.[1] ?? 0);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(sleep + shutdownSeconds + 5);
    }
    expect(
      containers.find(([name]) => name === 'marquee-api')?.[1].lifecycle?.preStop?.exec?.command,
    ).toEqual(['sleep', '5']);
  });

  it('sets only variables that Marquee reads, from existing ConfigMaps and Secrets', () => {
    const names = [
      ...Object.keys(settings),
      ...containers.flatMap(([, { env = [] }]) => env.map((one) => one.name)),
    ];
    expect(names.filter((name) => !variables.has(name) && name !== 'REDISCLI_AUTH')).toEqual([]);
    const keysOf = (secret: string): string[] => Object.keys(named('Secret', secret)?.stringData ?? {});
    const references = containers.flatMap(([, { env = [] }]) =>
      env.flatMap(({ valueFrom }: EnvVar) => valueFrom?.secretKeyRef ?? []),
    );
    for (const { name = '', key } of references) expect(keysOf(name)).toContain(key);
    for (const { configMapRef } of containers.flatMap(([, { envFrom = [] }]) => envFrom))
      expect(named('ConfigMap', configMapRef?.name ?? '')).toBeDefined();
    const volumes = workloads.flatMap(({ pod }) => pod.volumes ?? []);
    for (const { name = '' } of volumes.flatMap(({ configMap }) => configMap ?? []))
      expect(named('ConfigMap', name)).toBeDefined();
    expect(volumes.flatMap(({ secret }) => keysOf(secret?.secretName ?? ''))).toEqual(['keys.json']);
  });

  it('selects the intended pods', () => {
    const labels = new Map(
      workloads.map(({ name, deployment }) => [name, deployment.spec?.template.metadata?.labels]),
    );
    for (const { name, deployment } of workloads)
      expect(labels.get(name)).toEqual(deployment.spec?.selector.matchLabels);
    for (const { metadata, spec } of all('Service')) {
      expect(spec?.selector).toEqual(labels.get(metadata.name));
      const ports = containers.find(([name]) => name === metadata.name)?.[1].ports?.map(({ name }) => name);
      expect(spec?.ports?.map(({ targetPort }) => targetPort)).toEqual(ports);
    }
    for (const { spec } of all('HorizontalPodAutoscaler'))
      expect(labels.has(spec?.scaleTargetRef.name ?? '')).toBe(true);
  });

  it('allows only the API and the worker to reach Redis', () => {
    for (const { spec } of all('Service')) expect(spec?.type).toBe('ClusterIP');
    const policies = all('NetworkPolicy');
    expect(policies.find(({ metadata }) => metadata.name === 'default-deny-ingress')?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress'],
    });
    const redisPolicies = policies.filter(({ spec }) =>
      JSON.stringify(spec?.podSelector).includes('marquee-redis'),
    );
    expect(redisPolicies.map(({ spec }) => spec)).toEqual([
      expect.objectContaining({
        policyTypes: ['Ingress', 'Egress'],
        ingress: [
          {
            from: ['marquee-api', 'marquee-worker'].map((name) => ({
              podSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
            })),
            ports: [{ protocol: 'TCP', port: 'redis' }],
          },
        ],
      }),
    ]);
  });

  it('runs Redis with docker/redis.conf and a password', () => {
    const settings = named('ConfigMap', 'marquee-redis')?.data ?? {};
    expect(settingsOf(settings['redis.conf'] ?? '')).toEqual(settingsOf(read('docker/redis.conf')));
    const redis = workloads.find(({ name }) => name === 'marquee-redis');
    expect(redis?.containers[0]?.args).toEqual(
      expect.arrayContaining(['/etc/redis/redis.conf', '--requirepass', '$(REDIS_PASSWORD)']),
    );
    expect(redis?.deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });
});

interface ComposeService {
  readonly image: string;
  readonly container_name?: string;
  readonly environment?: Record<string, string>;
  readonly deploy?: { readonly replicas: number };
  readonly ports?: readonly string[];
  readonly volumes?: readonly (string | { readonly target: string; readonly read_only?: boolean })[];
  readonly networks?: readonly string[];
  readonly profiles?: readonly string[];
  readonly stop_grace_period?: string;
}

interface ComposeFile {
  readonly services: Record<string, ComposeService>;
  readonly networks?: Record<string, { readonly internal?: boolean }>;
}

describe('docker/compose*.yaml', () => {
  const files = ['docker/compose.yaml', 'docker/compose.dev.yaml'];
  const [main, development] = files.map((path) => parse(path)[0] as ComposeFile) as [
    ComposeFile,
    ComposeFile,
  ];
  const services = [main, development].flatMap((file) => Object.entries(file.services));
  const { api, worker, redis } = main.services;

  it.each(files)('%s follows the Compose Specification', (path) => {
    const dclint = createRequire(import.meta.url).resolve('dclint/package.json');
    const schema = JSON.parse(readFileSync(join(dirname(dclint), 'schemas/compose.schema.json'), 'utf8')) as {
      $schema?: string;
    };
    // Ajv knows draft 7 under a different URL.
    delete schema.$schema;
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
    validate(parse(path)[0]);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ services: { one: { imag: 'redis' } } })).toBe(false);
  });

  it.each(services)('%s has a health check, a limit and no unnecessary privileges', (_, service) => {
    expect(service).toMatchObject({
      healthcheck: { test: expect.any(Array), interval: expect.any(String), timeout: expect.any(String) },
      mem_limit: expect.any(String),
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
    expect(isPinned(service.image)).toBe(true);
    expect(service.container_name).toBeUndefined();
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('keeps Redis on an internal network and publishes no port', () => {
    expect(redis?.ports).toBeUndefined();
    expect(redis?.networks).toEqual(['internal']);
    expect(main.networks?.['internal']).toEqual({ internal: true });
    const neighbors = Object.entries(main.services).filter(([, { networks }]) =>
      networks?.includes('internal'),
    );
    expect(neighbors.map(([name]) => name)).toEqual(['api', 'worker', 'redis']);
  });

  it('has a port for each replica of the API', () => {
    const [, first, last] = /:\$\{MARQUEE_PORTS:-(\d+)-(\d+)\}:3000$/.exec(api?.ports?.join() ?? '') ?? [];
    expect(Number(last) - Number(first) + 1).toBe(api?.deploy?.replicas);
  });

  it('gives requests in progress time to finish before SIGKILL', () => {
    for (const service of [api, worker])
      expect(seconds(service?.stop_grace_period ?? '')).toBeGreaterThanOrEqual(shutdownSeconds + 5);
  });

  it('sets only variables that Marquee reads', () => {
    for (const service of [api, worker])
      expect(Object.keys(service?.environment ?? {}).filter((name) => !variables.has(name))).toEqual([]);
  });

  it('mounts only existing files, read-only', () => {
    const mounts = services.flatMap(([, { volumes = [] }]) => volumes);
    const files = mounts
      .filter((mount) => typeof mount === 'string')
      .filter((mount) => mount.startsWith('./'));
    const sources = files.map((mount) => mount.replace(/\$\{\w+:-([^}]+)\}/, '$1').split(':')[0] ?? '');
    expect(sources.filter((source) => !existsSync(join(root, 'docker', source)))).toEqual([]);
    expect(files.filter((mount) => !mount.endsWith(':ro'))).toEqual([]);
    const others = mounts.filter((mount) => typeof mount !== 'string');
    expect(others).toEqual([expect.objectContaining({ target: '/run/keys', read_only: true })]);
  });

  it('runs monitoring on demand, without access to Redis', () => {
    const monitors = Object.entries(main.services).filter(([, { profiles }]) =>
      profiles?.includes('monitoring'),
    );
    expect(monitors.map(([name, { networks }]) => [name, networks])).toEqual([
      ['prometheus', ['outside']],
      ['grafana', ['outside']],
    ]);
    const { scrape_configs: jobs } = parse('docker/prometheus/prometheus.yml')[0] as {
      scrape_configs: { dns_sd_configs: { names: string[] }[] }[];
    };
    const scraped = jobs.flatMap((job) => job.dns_sd_configs.flatMap(({ names }) => names));
    expect(scraped).toEqual(['api', 'worker']);
    const { providers } = parse('docker/grafana/provisioning/dashboards/marquee.yml')[0] as {
      providers: { options: { path: string } }[];
    };
    const { volumes } = main.services['grafana'] ?? {};
    for (const { options } of providers) expect(volumes).toContain(`./grafana/dashboards:${options.path}:ro`);
  });

  it('gives developers the same Redis, bound to localhost', () => {
    expect(Object.keys(development.services)).toEqual(['redis']);
    const own = development.services['redis'];
    expect(own?.image).toBe(redis?.image);
    expect(own?.ports).toEqual(['127.0.0.1:6379:6379']);
    expect(own?.volumes).toEqual(['./redis.conf:/etc/redis/redis.conf:ro']);
  });
});

describe('docker/Dockerfile', () => {
  const instructions = read('docker/Dockerfile')
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n')
    .flatMap((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
      return name ? [{ name, rest }] : [];
    });
  const of = (name: string): string[] =>
    instructions.filter((instruction) => instruction.name === name).map(({ rest }) => rest);
  const copied = of('COPY')
    .filter((rest) => !rest.startsWith('--from'))
    .flatMap((rest) => rest.split(/ +/).slice(0, -1));

  it('copies everything that the build needs', () => {
    const nest = json('nest-cli.json') as {
      compilerOptions: { builder: { options: { configPath: string } } };
      projects: Record<string, { sourceRoot: string }>;
    };
    const { paths } = (json('tsconfig.json') as { compilerOptions: { paths: Record<string, string[]> } })
      .compilerOptions;
    const needed = [
      'package.json',
      'package-lock.json',
      'nest-cli.json',
      'tsconfig.json',
      nest.compilerOptions.builder.options.configPath,
      ...['api', 'worker'].map((app) => nest.projects[app]?.sourceRoot ?? ''),
      ...Object.values(paths).flat(),
    ].map((path) => path.replace(/^\.\//, '').split('/')[0]);
    expect(copied).toEqual(expect.arrayContaining(needed));
  });

  it('copies nothing else, and the build context contains it', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect([...new Set(copied)].toSorted()).toEqual(allowed.toSorted());
    for (const path of copied) expect(existsSync(join(root, path))).toBe(true);
  });

  it('starts Node under an init process, as a user other than root', () => {
    expect(of('FROM')[0]).toMatch(/^alpine:\d+\.\d+ AS runtime$/);
    expect(of('USER')).toEqual(['1000:1000']);
    expect(of('ENTRYPOINT')).toEqual(['["/sbin/tini", "--"]']);
    expect(of('CMD').map((rest) => JSON.parse(rest) as unknown)).toEqual([
      ['node', '--enable-source-maps', 'dist/apps/api/main.js'],
    ]);
  });
});

/** Type-checks manifests against the types of the Kubernetes API, which are generated from its OpenAPI document. */
function typeErrorsOf(manifests: readonly object[]): string[] {
  const types: Record<string, string> = {
    'apps/v1': 'apps/v1',
    'autoscaling/v2': 'autoscaling/v2',
    'networking.k8s.io/v1': 'networking/v1',
    'policy/v1': 'policy/v1',
    v1: 'core/v1',
  };
  const source = manifests
    .map((manifest, index) => {
      const { apiVersion = '', kind = '' } = manifest as Partial<Manifest>;
      const type = `import('kubernetes-types/${types[apiVersion] ?? apiVersion}').${kind}`;
      return `export const manifest${index}: ${type} = ${JSON.stringify(manifest)};\n`;
    })
    .join('');
  const file = join(root, 'test', 'repository', 'manifests.virtual.ts');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
  };
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === file || disk.fileExists(name),
    getSourceFile: (name, ...rest) =>
      name === file
        ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022)
        : disk.getSourceFile(name, ...rest),
  };
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
