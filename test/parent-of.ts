import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The process that started a process. */
export function parentOf(pid: number): number {
  const status = `/proc/${pid}/status`;
  if (existsSync(status)) return Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(status, 'utf8'))?.[1]);
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)]));
}
