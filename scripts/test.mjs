// `npm test`: installs what is missing, then runs everything that CI checks.
import {
  checkNode,
  ensureDependencies,
  ensureRedisServer,
  ensureTestTools,
  PrerequisiteError,
  root,
  run,
} from './prerequisites.mjs';
import { onRunnerExit, runTethered } from './process-tree.mjs';

// Servers and browsers that the tests start end with this process.
onRunnerExit(() => process.exit(1));

await run(async () => {
  checkNode();
  await ensureDependencies();
  const manualStep = await ensureRedisServer();
  if (manualStep)
    throw new PrerequisiteError(
      `The tests run against real Redis servers, but none is installed. ${manualStep}`,
    );
  const missing = await ensureTestTools();
  if (missing.length > 0)
    console.warn(`Skipping the tests that need ${missing.join(' or ')}, which could not be installed.`);
  const { status } = await runTethered('npm', ['run', '--silent', 'check'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.exit(status ?? 1);
});
