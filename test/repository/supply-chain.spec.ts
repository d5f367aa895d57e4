import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

const root = join(import.meta.dirname, '..', '..');
const json = (...path: string[]): unknown => JSON.parse(readFileSync(join(root, ...path), 'utf8'));
const { packages } = json('package-lock.json') as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path]) => path !== '');
const inProduction = installed.filter(
  ([, { dev, devOptional, optional }]) => !dev && !devOptional && !optional,
);

/** Licenses that require no more than keeping their notice. */
const permissiveLicenses = new Set([
  'MIT',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'Python-2.0',
]);

describe('Installed packages', () => {
  it('have permissive licenses in production', () => {
    const others = inProduction
      .map(
        ([path]) => [path, (json(path, 'package.json') as { license?: string }).license ?? 'none'] as const,
      )
      .filter(([, license]) => !permissiveLicenses.has(license));
    expect(others).toEqual([]);
  });

  it('are pinned by digest and resolved from the public registry', () => {
    const unpinned = installed
      .filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))
      .map(([path]) => path);
    const elsewhere = installed.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(unpinned).toEqual([]);
    expect(elsewhere).toEqual([]);
  });

  it('can be listed in a bill of materials (npm sbom)', async () => {
    // With --omit=dev, npm 11 also omits packages that production shares with development, so this filters by property instead.
    const { stdout } = await promisify(execFile)('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
      cwd: root,
      maxBuffer: 64 * 1024 * 1024,
    });
    const { components } = JSON.parse(stdout) as {
      components: { group?: string; name: string; properties?: { name: string }[] }[];
    };
    const listed = new Set(
      components
        .filter(
          ({ properties = [] }) => !properties.some(({ name }) => name === 'cdx:npm:package:development'),
        )
        .map(({ group, name }) => (group ? `${group}/${name}` : name)),
    );
    const { dependencies } = json('package.json') as { dependencies: Record<string, string> };
    expect(Object.keys(dependencies).filter((name) => !listed.has(name))).toEqual([]);
  });
});
