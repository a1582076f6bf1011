import type { BenchPart } from '../../context.ts';
import { median } from '../../kit/statistics.ts';
import { findContestants } from '../../load/contestants.ts';
import { type Measured, type TestBed, withTestBed } from '../../load/test-bed.ts';

const VUS = 8;
/** Only the difference of two runs counts, so that starting and warming up do not. */
const SECONDS = { short: 1, long: 4 };
/** VUs that each send one request: the difference of the two runs is what a VU costs. */
const STARTED = { few: 8, many: 40 };

/** The two ways in which a script is run, beside k6: CPU for a request, and what a thread costs. */
export const threads: BenchPart = {
  name: 'threads',
  about: 'CPU for a request with awaits, in threads and in k6; CPU and memory to start a thread',
  isDefault: false,
  run: ({ rounds }) =>
    withTestBed(async (bed) => {
      const generators = generatorsOf(bed);
      const perRequest = new Map(generators.map(({ name }) => [name, [] as number[]]));
      const perThread = { cpuMs: [] as number[], mib: [] as number[] };
      for (let round = 0; round < rounds; round += 1) {
        for (const { name, measure } of generators) {
          const short = await measure({ SECONDS: String(SECONDS.short) });
          const long = await measure({ SECONDS: String(SECONDS.long) });
          const cpuSeconds = long.cpuSeconds - short.cpuSeconds;
          perRequest.get(name)?.push((cpuSeconds / (long.requests - short.requests)) * 1e6);
        }
        const few = await startThreads(bed, STARTED.few);
        const many = await startThreads(bed, STARTED.many);
        const started = STARTED.many - STARTED.few;
        perThread.cpuMs.push(((many.cpuSeconds - few.cpuSeconds) / started) * 1_000);
        perThread.mib.push((rssOf(many) - rssOf(few)) / started);
      }
      const awaits = perRequest.get('with awaits') as number[];
      return {
        tables: [
          {
            caption: `CPU for a request, ${VUS} VUs, medians of ${rounds} rounds`,
            columns: ['way', 'µs of CPU', 'over awaits'],
            rows: [...perRequest].map(([name, us]) => [
              name,
              median(us),
              `${median(us.map((each, round) => each / (awaits[round] as number))).toFixed(1)}×`,
            ]),
          },
          {
            caption: `A thread, medians of ${rounds} rounds`,
            columns: ['ms of CPU to start', 'MiB'],
            rows: [[median(perThread.cpuMs), median(perThread.mib)]],
          },
        ],
        goals: [],
        charts: [],
        notes: [],
      };
    }),
};

interface Generator {
  name: string;
  measure(env: Record<string, string>): Promise<Measured>;
}

function generatorsOf(bed: TestBed): Generator[] {
  const ours = (way: string) => (env: Record<string, string>) =>
    bed.measureOurs({ ...env, CONNECTIONS: String(VUS), WAY: way });
  return [
    { name: 'with awaits', measure: ours('') },
    { name: 'in threads', measure: ours('threads') },
    {
      name: 'k6',
      measure(env) {
        const all = { ...bed.common, ...env, CONNECTIONS: String(VUS) };
        const k6 = findContestants(bed.toolsFolder, all).find(({ name }) => name === 'k6');
        if (!k6?.command) throw new Error(`k6 is not on this machine: ${k6?.install}`);
        return bed.measure(k6.command, all);
      },
    },
  ];
}

const startThreads = (bed: TestBed, vus: number): Promise<Measured> =>
  bed.measureOurs({ ITERATIONS: String(vus), CONNECTIONS: String(vus), WAY: 'threads' });

const rssOf = ({ stdout }: Measured): number => JSON.parse(stdout).rssMiB;
