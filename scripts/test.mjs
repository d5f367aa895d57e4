// `npm test`: everything that CI checks, from a bare clone.
import {
  checkNode,
  ensureDependencies,
  ensureRedisServer,
  ensureTestTools,
  PrerequisiteError,
  root,
  run,
} from './prerequisites.mjs';
import { onRunnerExit, runOnLeash } from './process-tree.mjs';

// What this script runs is on a leash: the servers and browsers of the tests end with it.
onRunnerExit(() => process.exit(1));

await run(async () => {
  checkNode();
  await ensureDependencies();
  const remedy = await ensureRedisServer();
  if (remedy)
    throw new PrerequisiteError(
      `The tests run against real Redis servers, and there is none here. ${remedy}`,
    );
  const lacking = await ensureTestTools();
  if (lacking.length > 0)
    console.warn(`The tests that need ${lacking.join(' or ')} are skipped: it is not here.`);
  const { status } = await runOnLeash('npm', ['run', '--silent', 'check'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exit(status ?? 1);
});
