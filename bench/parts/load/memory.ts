import type { BenchPart } from '../../context.ts';
import { withTestBed } from '../../load/test-bed.ts';
import type { Table } from '../../report.ts';

const REQUESTS = (process.env.MEMORY_REQUESTS ?? '100000,1000000,3000000').split(',');

/** The most memory of runs of different lengths, with their history. */
export const memory: BenchPart = {
  name: 'memory',
  about: 'the highest memory use of the load engine in runs of different lengths',
  isDefault: false,
  run: () =>
    withTestBed(async (bed) => {
      const rows: Table['rows'] = [];
      for (const requests of REQUESTS) {
        const { stdout } = await bed.measureOurs({ ITERATIONS: requests });
        const { iterations, rssMiB, elapsedMs } = JSON.parse(stdout);
        rows.push([iterations, rssMiB, elapsedMs / 1_000]);
      }
      const columns = ['requests', 'most MiB', 'seconds'];
      return { tables: [{ caption: 'Memory', columns, rows }], goals: [], charts: [], notes: [] };
    }),
};
