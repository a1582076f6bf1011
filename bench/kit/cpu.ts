import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Reads the CPU time that programs have used. On Linux it comes from /proc: user and system time of a process, of the
 * processes that it has started, and of those that ended meanwhile. Elsewhere it comes from `ps`, which does not know what
 * ended processes have used; of PostgreSQL's backends, whose connections live as long as a server, little is missing.
 */
export interface CpuMeter<Name extends string> {
  /** Seconds that have passed and CPU seconds that each program has used since the last call of `lap`. */
  lap(): Spent<Name>;
  /** CPU seconds that the programs, without the generator, have used since they were started. */
  used(): number;
}

export interface Spent<Name extends string> {
  seconds: number;
  cpu: Record<Name | 'generator', number>;
}

/**
 * Measures the programs of these process ids, each with the processes that it has started, and this process as the
 * generator. A program without an id uses nothing.
 */
export function createCpuMeter<Name extends string>(
  pids: Record<Name, (number | undefined)[]>,
): CpuMeter<Name> {
  const names = Object.keys(pids) as Name[];
  const roots = names.flatMap((name) => pids[name]).filter((pid) => pid !== undefined);
  let last = read();
  return {
    lap() {
      const now = read();
      const cpu = Object.fromEntries(
        Object.entries<number>(now.cpu).map(([name, seconds]) => [
          name,
          seconds - last.cpu[name as Name],
        ]),
      ) as Spent<Name>['cpu'];
      const spent = { seconds: (now.atMs - last.atMs) / 1_000, cpu };
      last = now;
      return spent;
    },
    used: () => [...secondsOf(roots).values()].reduce((sum, seconds) => sum + seconds, 0),
  };

  function read() {
    const seconds = secondsOf(roots);
    const { user, system } = process.cpuUsage();
    const sum = (name: Name) =>
      pids[name].reduce<number>((total, pid = 0) => total + (seconds.get(pid) ?? 0), 0);
    const cpu = Object.fromEntries(names.map((name) => [name, sum(name)])) as Spent<Name>['cpu'];
    cpu.generator = (user + system) / 1e6;
    return { atMs: performance.now(), cpu };
  }
}

/** The sum of several stretches. */
export function addSpent<Name extends string>(...parts: Spent<Name>[]): Spent<Name> {
  const [first, ...others] = parts as [Spent<Name>, ...Spent<Name>[]];
  const sum = { seconds: first.seconds, cpu: { ...first.cpu } };
  for (const { seconds, cpu } of others) {
    sum.seconds += seconds;
    for (const name of Object.keys(cpu) as (Name | 'generator')[]) sum.cpu[name] += cpu[name];
  }
  return sum;
}

const secondsOf: (roots: number[]) => Map<number, number> =
  process.platform === 'linux' ? fromProc : fromPs;

/** Clock ticks per second in /proc; it is 100 on every Linux that Node runs on. */
const TICKS = 100;

function fromProc(roots: number[]): Map<number, number> {
  const seconds = new Map<number, number>();
  for (const root of roots) {
    for (const pid of [root, ...childrenOf(root)]) add(seconds, root, usedBy(pid));
  }
  return seconds;
}

function childrenOf(pid: number): number[] {
  try {
    const list = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    return list === '' ? [] : list.split(' ').map(Number);
  } catch {
    return [];
  }
}

/** The CPU seconds of a process and of those of its children that have ended. */
function usedBy(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program, in brackets, may hold spaces. The four times begin eleven fields behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
  } catch {
    return 0;
  }
}

function fromPs(roots: number[]): Map<number, number> {
  const seconds = new Map<number, number>();
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,time='], { encoding: 'utf8' });
  for (const line of lines.trim().split('\n')) {
    const [pid, parent, time = ''] = line.trim().split(/\s+/);
    const root = roots.find((id) => id === Number(pid) || id === Number(parent));
    if (root !== undefined) add(seconds, root, inSeconds(time));
  }
  return seconds;
}

/** Reads `[[days-]hours:]minutes:seconds.fraction`. */
function inSeconds(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse();
  const parts = clock.split(':').map(Number);
  return Number(days) * 86_400 + parts.reduce((sum, part) => sum * 60 + part, 0);
}

function add(sums: Map<number, number>, key: number, value: number): void {
  sums.set(key, (sums.get(key) ?? 0) + value);
}
