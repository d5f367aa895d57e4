import type { ChildProcess, SpawnOptions } from 'node:child_process';

type Stdio = 'ignore' | 'inherit' | 'pipe';

export interface TetherOptions extends Omit<SpawnOptions, 'stdio' | 'detached'> {
  readonly stdio?: readonly [Stdio, Stdio, Stdio];
  /** Keeps the command's remaining child processes running after it exits, until this process ends. */
  readonly keepGroup?: boolean;
}

export function onRunnerExit(callback: () => void): void;
export function spawnTethered(
  command: string,
  args: readonly string[],
  options?: TetherOptions,
): ChildProcess;
export function killGroup(child: ChildProcess): void;
export function runTethered(
  command: string,
  args: readonly string[],
  options?: TetherOptions,
): Promise<{ status: number | null; output: string }>;
