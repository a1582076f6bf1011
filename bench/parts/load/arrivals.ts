import type { BenchPart } from '../../context.ts';
import { findContestants } from '../../load/contestants.ts';
import { type Measured, withTestBed } from '../../load/test-bed.ts';
import type { Table } from '../../report.ts';

const ARRIVAL_RATES = [100, 1_000, 5_000];
const SECONDS = 30;

/** The rate of an open model beside the requested one, and the lateness of arrivals, ours and k6's. */
export const arrivals: BenchPart = {
  name: 'arrivals',
  about: 'if arrivals come at the rate asked for, and how late',
  isDefault: false,
  run: () =>
    withTestBed(async (bed) => {
      const rows: Table['rows'] = [];
      const add = (name: string, rate: number, measured: Measured, lateness: string): void => {
        const begun = measured.requests / SECONDS;
        const off = (((begun - rate) / rate) * 100).toFixed(3);
        const cpu = Math.round((measured.cpuSeconds / SECONDS) * 100);
        rows.push([name, rate, begun.toFixed(2), `${off} %`, lateness, `${cpu} %`]);
      };
      for (const rate of ARRIVAL_RATES) {
        const env = { ...bed.common, RATE: String(rate), SECONDS: String(SECONDS) };
        const ours = await bed.measureOurs(env);
        add('flashsale-cli', rate, ours, JSON.parse(ours.stdout).latenessMsP99.toFixed(2));
        const k6 = findContestants(bed.toolsFolder, env).find(({ name }) => name === 'k6');
        if (k6?.command) add('k6', rate, await bed.measure(k6.command, env), 'not reported');
      }
      const columns = [
        'generator',
        'asked per second',
        'begun per second',
        'off by',
        'late p99 ms',
        'CPU',
      ];
      const caption = `Arrivals over ${SECONDS} s`;
      return { tables: [{ caption, columns, rows }], goals: [], charts: [], notes: [] };
    }),
};
