import type { ChildProcess, SpawnOptions } from 'node:child_process';

type Stdio = 'ignore' | 'inherit' | 'pipe';

export interface LeashOptions extends Omit<SpawnOptions, 'stdio' | 'detached'> {
  readonly stdio?: readonly [Stdio, Stdio, Stdio];
  /** Processes that the command leaves behind stay until this process ends. */
  readonly keepGroup?: boolean;
}

export function onRunnerExit(callback: () => void): void;
export function spawnOnLeash(command: string, args: readonly string[], options?: LeashOptions): ChildProcess;
export function killGroup(child: ChildProcess): void;
export function runOnLeash(
  command: string,
  args: readonly string[],
  options?: LeashOptions,
): Promise<{ status: number | null; output: string }>;
