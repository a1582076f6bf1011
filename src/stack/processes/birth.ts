import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isRunning } from './is-running.ts';

/** A process that stays the same when another one gets its number later. */
export interface KnownProcess {
  pid: number;
  /** The moment of its start, in words of the system; absent where the system does not tell. */
  birth?: string | undefined;
}

export const thisProcess = (): KnownProcess => ({ pid: process.pid, birth: birthOf(process.pid) });

/**
 * True if this very process runs, and not another one that has its number now. A record without a birth is believed only
 * where the system tells no births, because whoever wrote it elsewhere was another program.
 */
export const isStillRunning = ({ pid, birth }: KnownProcess): boolean =>
  isRunning(pid) && birthOf(pid) === birth;

export function birthOf(pid: number): string | undefined {
  try {
    return process.platform === 'linux' ? birthInProc(pid) : birthByPs(pid);
  } catch {
    return undefined;
  }
}

/** Linux counts the start of a process in ticks since the machine booted. */
function birthInProc(pid: number): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name, in parentheses, may contain spaces. The start is the twentieth field after it.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return `${boot} ${start}`;
}

function birthByPs(pid: number): string {
  const env = { LC_ALL: 'C', TZ: 'UTC' };
  return execFileSync('/bin/ps', ['-o', 'lstart=', '-p', String(pid)], {
    env,
    encoding: 'utf8',
  }).trim();
}
