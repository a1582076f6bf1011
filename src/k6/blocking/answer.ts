import type { RunView } from '../../load/vu/run-view.ts';
import type { Vu, VuMetric } from '../../load/vu/vu.ts';
import type { OriginFinder } from '../script/origins.ts';
import type { Question } from './messages.ts';
import type { SharedRows } from './shared-rows.ts';

/** Answers the questions of one VU's thread. */
export function createAnswerer(
  vu: Vu,
  originOf: OriginFinder,
): {
  to(question: Question): Promise<unknown>;
  /** The metrics that the thread has asked for, by the numbers it was given. */
  metrics: VuMetric[];
} {
  const metrics: VuMetric[] = [];
  return {
    metrics,
    async to(question) {
      switch (question.about) {
        case 'metric': {
          const { name, metricType, contains } = question;
          const metric = vu.metrics.define(name, metricType, contains);
          return { index: metrics.push(metric) - 1, readsTags: metric.readsTags };
        }
        case 'run':
          return vu.run[question.figure]();
        case 'progress':
          return vu.currentIteration?.progress() ?? 0;
        case 'origin':
          return originOf(question.line, question.column);
        case 'rendezvous':
          return await vu.meet(question);
        case 'cookies':
          return vu.cookies.cookiesFor(question.origin, question.path);
        case 'store-cookie':
          vu.cookies.store(...question.line);
          return undefined;
        case 'delete-cookie':
          vu.cookies.delete(question.origin, question.path, question.name);
          return undefined;
        case 'array':
          return await arraysOf(vu.run).take(question.name);
        case 'array-built':
          arraysOf(vu.run).built(question.name, question.rows);
          return undefined;
      }
    },
  };
}

/** The SharedArrays of a run. One thread builds each of them, the others wait for it. */
class SharedArrays {
  private readonly arrays = new Map<string, Promise<SharedRows | undefined>>();
  private readonly builders = new Map<string, (rows: SharedRows | undefined) => void>();

  /** The rows of an array; undefined for the thread that has to build them. */
  async take(name: string): Promise<SharedRows | undefined> {
    for (let being = this.arrays.get(name); being; being = this.arrays.get(name)) {
      const rows = await being;
      if (rows) return rows;
    }
    this.arrays.set(name, new Promise((resolve) => this.builders.set(name, resolve)));
    return undefined;
  }

  /** @param rows undefined if the array could not be built: then the next thread tries */
  built(name: string, rows: SharedRows | undefined): void {
    if (!rows) this.arrays.delete(name);
    this.builders.get(name)?.(rows);
  }
}

const arraysOfRuns = new WeakMap<RunView, SharedArrays>();

function arraysOf(run: RunView): SharedArrays {
  let arrays = arraysOfRuns.get(run);
  if (!arrays) {
    arrays = new SharedArrays();
    arraysOfRuns.set(run, arrays);
  }
  return arrays;
}
