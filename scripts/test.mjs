// `npm test`: everything that CI checks, from a bare clone.
import { spawnSync } from 'node:child_process';
import {
  checkNode,
  ensureDependencies,
  ensureRedisServer,
  ensureTestTools,
  PrerequisiteError,
  root,
  run,
} from './prerequisites.mjs';

await run(() => {
  checkNode();
  ensureDependencies();
  const remedy = ensureRedisServer();
  if (remedy)
    throw new PrerequisiteError(
      `The tests run against real Redis servers, and there is none here. ${remedy}`,
    );
  const lacking = ensureTestTools();
  if (lacking.length > 0)
    console.warn(`The tests that need ${lacking.join(' or ')} are skipped: it is not here.`);
  const { status } = spawnSync('npm', ['run', '--silent', 'check'], { cwd: root, stdio: 'inherit' });
  process.exit(status ?? 1);
});
