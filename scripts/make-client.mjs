// `npm run client`: the client's types, made anew from the API's own OpenAPI document. With --check: fails where the
// committed ones are not what it would make.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';

const root = join(import.meta.dirname, '..');
const file = join(root, 'libs', 'client', 'src', 'api.generated.ts');

async function documentOfTheApi() {
  const api = spawn(process.execPath, [join(root, 'dist', 'apps', 'api', 'main.js')], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    for await (const line of createInterface(api.stdout)) {
      const { msg, url } = JSON.parse(line);
      if (msg === 'ready') return await (await fetch(`${url}/docs-json`)).json();
    }
    throw new Error('The API ended before it was ready. Build it first: npm run build');
  } finally {
    api.kill('SIGTERM');
  }
}

const types = astToString(await openapiTypescript(await documentOfTheApi(), { defaultNonNullable: false }));
const text = `// Made by \`npm run client\` from the API's OpenAPI document. Not to be edited.\n${types}`;
const wanted = await format(text, { ...(await resolveConfig(file)), filepath: file });
if (!process.argv.includes('--check')) {
  writeFileSync(file, wanted);
} else if (readFileSync(file, 'utf8') !== wanted) {
  console.error('libs/client is not of this API: run npm run client');
  process.exit(1);
}
