import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Whether a process of this id runs; one that has ended and was not yet waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !existsSync('/proc/self/stat') || statOf(pid)?.state !== 'Z';
}

export function parentOf(pid: number): number {
  if (existsSync('/proc/self/stat')) return statOf(pid)?.parent ?? 0;
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)]));
}

/** What Linux tells of a process; its name stands in parentheses and may hold anything. */
function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
