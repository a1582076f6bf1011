import type { Operation } from '../../history/operation.ts';
import { contradictionInAnswers, describeKey, exactlyOnce } from '../checks/exactly-once.ts';
import type { Watch } from './watch.ts';

/** Keys whose first yes is remembered. */
const KEYS_MAX = 100_000;

/** Finds an Idempotency-Key that was answered yes in two different ways, or yes and later no. */
export function watchKeys(keysMax = KEYS_MAX): Watch {
  const granted = new Map<string, Operation>();
  return {
    check: exactlyOnce.name,
    hear(event) {
      if (event.type !== 'answered') return undefined;
      const { call, isRepeated } = event;
      const { kind, buyer, idempotencyKey, outcome } = call;
      if (idempotencyKey === undefined) return undefined;
      const name = `${kind} ${idempotencyKey} ${buyer}`;
      const first = granted.get(name);
      if (first === undefined) {
        if (outcome === 'ok' && granted.size < keysMax) granted.set(name, call);
        return undefined;
      }
      const wrong = isRepeated ? contradictionInAnswers([first, call]) : undefined;
      return wrong === undefined ? undefined : describeKey(idempotencyKey, wrong);
    },
  };
}
