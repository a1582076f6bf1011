import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The resident memory of a process, in MiB; undefined once it has ended. */
export function readRssMiB(pid: number): number | undefined {
  const kib = process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
  return kib ? Number(kib) / 1024 : undefined;
}

const fromProc = (pid: number): string | undefined =>
  /^VmRSS:\s+(\d+)/m.exec(orNothing(() => readFileSync(`/proc/${pid}/status`, 'utf8')))?.[1];

const fromPs = (pid: number): string =>
  orNothing(() =>
    execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }),
  ).trim();

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
