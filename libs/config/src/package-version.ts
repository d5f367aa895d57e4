import { readFileSync } from 'node:fs';

/** Returns the version in package.json, which is in a folder above this file, whether that is a source file or a bundle. */
export function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'marquee' && version) return version;
    } catch {
      // No package.json in this folder: continue with its parent.
    }
    if (folder.pathname === '/') return 'unknown';
  }
}
