import type { BenchPart } from '../../context.ts';
import { median } from '../../kit/statistics.ts';
import { type Contestant, findContestants } from '../../load/contestants.ts';
import { CONNECTIONS, type Measured, type TestBed, withTestBed } from '../../load/test-bed.ts';
import type { Goal } from '../../report.ts';

/** Only the difference of the two runs counts, because the generators differ in the cost of start and warm-up. */
const SECONDS = { short: 1, long: 4 };
const OURS = 'flashsale-cli';

interface Runs {
  perCpuSecond: number[];
  perSecond: number[];
}

/** Requests per CPU-second of all installed generators, in turns, so that a noisy minute affects all of them. */
export const efficiency: BenchPart = {
  name: 'efficiency',
  about: 'requests per CPU-second of the load engine, against other generators',
  isDefault: true,
  run: ({ rounds }) =>
    withTestBed(async (bed) => {
      const all = contestants(bed, 0);
      const runs = await measureAll(
        bed,
        all.filter(({ command }) => command !== undefined).map(({ name }) => name),
        rounds,
      );
      const own = runs.get(OURS) as Runs;
      const ratioOver = (name: string): number | undefined => {
        const theirs = runs.get(name);
        // The ratio is taken per round, because noise in a round slows both generators down.
        return (
          theirs &&
          median(own.perCpuSecond.map((rate, i) => rate / (theirs.perCpuSecond[i] as number)))
        );
      };
      return {
        tables: [
          {
            caption: `Requests per CPU-second, distinct JSON bodies and bearer tokens, ${CONNECTIONS} connections, medians of ${rounds} rounds`,
            columns: [
              'generator',
              'per CPU-second',
              'lowest–highest',
              'per second',
              'ours over it',
            ],
            rows: [...runs].map(([name, { perCpuSecond, perSecond }]) => [
              name,
              median(perCpuSecond),
              `${whole(Math.min(...perCpuSecond))}–${whole(Math.max(...perCpuSecond))}`,
              median(perSecond),
              name === OURS ? '' : `${(ratioOver(name) as number).toFixed(2)}×`,
            ]),
          },
        ],
        goals: all.map(
          ({ name, ratioMin }): Goal => ({
            name: `generator: requests per CPU-second ÷ ${name}`,
            value: ratioOver(name),
            unit: '×',
            atLeast: ratioMin,
          }),
        ),
        charts: [],
        notes: all
          .filter(({ command }) => command === undefined)
          .map(({ name, install }) => `${name} is not on this machine: \`${install}\`.`),
      };
    }),
};

const contestants = ({ toolsFolder, common }: TestBed, seconds: number): Contestant[] =>
  findContestants(toolsFolder, { ...common, SECONDS: String(seconds) });

async function measureAll(
  bed: TestBed,
  others: string[],
  rounds: number,
): Promise<Map<string, Runs>> {
  const runs = new Map<string, Runs>(
    [OURS, ...others].map((name) => [name, { perCpuSecond: [], perSecond: [] }]),
  );
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, { perCpuSecond, perSecond }] of runs) {
      const short = await measureOne(bed, name, SECONDS.short);
      const long = await measureOne(bed, name, SECONDS.long);
      const requests = long.requests - short.requests;
      perCpuSecond.push(requests / (long.cpuSeconds - short.cpuSeconds));
      perSecond.push(requests / (SECONDS.long - SECONDS.short));
    }
  }
  return runs;
}

function measureOne(bed: TestBed, name: string, seconds: number): Promise<Measured> {
  if (name === OURS) return bed.measureOurs({ SECONDS: String(seconds) });
  const { command, env } = contestants(bed, seconds).find(
    (other) => other.name === name,
  ) as Contestant;
  const all = { ...bed.common, SECONDS: String(seconds), ...env };
  return bed.measure(command as string[], all);
}

const whole = (number: number): string => Math.round(number).toLocaleString('en');
