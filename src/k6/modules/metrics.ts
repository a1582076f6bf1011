import type { MetricType } from '../../load/metrics/figures.ts';
import { withTags } from '../../load/metrics/metrics.ts';
import type { Vu, VuMetric } from '../../load/vu/vu.ts';
import { callableClass } from '../runtime/callable-class.ts';
import { warnOnce } from '../runtime/shared-state.ts';
import type { K6Module } from './module.ts';

/** `k6/metrics`: a script's own counters, gauges, rates and trends, one per name and run. */
export const metricsModule: K6Module = (vu) => ({
  Counter: customMetric(vu, 'counter'),
  Gauge: customMetric(vu, 'gauge'),
  Rate: customMetric(vu, 'rate'),
  Trend: customMetric(vu, 'trend'),
});

type Tags = Record<string, unknown> | undefined;

function customMetric(vu: Vu, type: MetricType): new (name: string, isTime?: boolean) => object {
  return callableClass(
    class CustomMetric {
      readonly name: string;
      readonly #metric: VuMetric;

      constructor(given?: string | null, isTime = false) {
        if (!vu.initializing) throw new Error('metrics can be declared in init code only');
        // As in k6, no name is an empty one, which no metric may have.
        const name = given ?? '';
        this.name = name;
        this.#metric = vu.metrics.define(name, type, isTime ? 'time' : 'default');
      }

      /**
       * Adds a number. As in k6, any other value is left out with a warning and returns false; with `throw` it throws, and
       * the function may be handed on without its metric.
       */
      readonly add = (value: unknown, tags?: Tags): boolean => {
        vu.watch?.assertNothingWaits(`${this.name}.add()`);
        const number = value === null ? Number.NaN : Number(value);
        if (!Number.isFinite(number)) {
          const message = `"${String(value)}" is not a number that the metric "${this.name}" could take`;
          if (vu.http.throwOnFailure) throw new TypeError(message);
          warnOnce(vu, `metric ${this.name}`, `${message}; such values are left out`);
          return false;
        }
        const source = tags && this.#metric.readsTags ? withTags(tags, vu) : vu;
        this.#metric.add(number, source);
        return true;
      };
    },
  );
}
