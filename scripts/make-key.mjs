// `npm run key -- --name web --tenant acme [--plan free] [--role admin]… [--file keys.json]`: creates an API key, prints it
// once, and adds its digest to the file. Without --file, it prints the entry to add.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { PrerequisiteError, run } from './prerequisites.mjs';

const validName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

await run(() => {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      tenant: { type: 'string' },
      plan: { type: 'string', default: 'default' },
      role: { type: 'string', multiple: true, default: [] },
      file: { type: 'string' },
    },
  });
  const { name, tenant, plan, role: roles, file } = values;
  for (const [option, value] of Object.entries({ name, tenant, plan })) {
    if (!validName.test(value ?? ''))
      throw new PrerequisiteError(`--${option} is required: 1 to 64 letters, digits, ".", "_" or "-".`);
  }
  const key = `mq_${randomBytes(32).toString('base64url')}`;
  const entry = { name, sha256: createHash('sha256').update(key).digest('hex'), tenant, plan, roles };
  if (file) {
    const keys = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
    // Renames the file into place, so that a running Marquee never reads a partial file.
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, `${JSON.stringify([...keys, entry], null, 2)}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
    console.log(`Added to ${file}. A running Marquee accepts the key within a second.`);
  } else {
    console.log(`Entry for API_KEYS_FILE (a JSON array of these):\n\n${JSON.stringify(entry)}\n`);
  }
  console.log(`The key, which is not shown again:\n\n  ${key}\n`);
});
