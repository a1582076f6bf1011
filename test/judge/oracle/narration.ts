import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import { ALL_NEW } from './analytics.ts';
import { asksOf } from './history.ts';
import type { Step } from './moment.ts';

/** A small history as lines that a person can follow, with its times in milliseconds. */
export function narrate(sale: SaleFacts, operations: readonly Operation[]): string[] {
  const stock = sale.skus.map(({ skuId, total }) => `${total} of ${skuId}`).join(', ');
  return [
    `On sale: ${stock}; ${sale.unitsPerBuyerMax} per buyer; a hold lives ${sale.holdTtlMs} ms, its units are back within ` +
      `${sale.sweepGraceMs} ms, a refusal may be ${sale.refusalLagMs ?? 0} ms old, a read ${sale.readLagMs ?? 0} ms.`,
    ...operations.map(narrateCall),
  ];
}

function narrateCall(operation: Operation): string {
  const { id, kind, buyer, quantity, sku, code, outcome, idempotencyKey, basket } = operation;
  const thing = asksOf(kind);
  const about = thing === undefined ? `${quantity} of ${sku}` : operation[thing];
  const until = outcome === 'info' ? '…' : operation.completedAtNs / 1e6;
  const answers = { ok: 'yes', fail: `no, ${code}`, info: 'no answer' };
  const got = outcome === 'ok' ? namedBy(operation) : '';
  const seen = operation.sequence === undefined ? '' : ` (sequence ${operation.sequence})`;
  const times = `[${operation.invokedAtNs / 1e6}, ${until}]`;
  const key = idempotencyKey === undefined ? '' : ` with ${idempotencyKey}`;
  const within = basket === undefined ? '' : ` in ${basket}`;
  return `  #${id} ${times} ${buyer} ${kind} ${about}${key}${within} → ${answers[outcome]}${got}${seen}`;
}

/** Everything that a yes names which the request did not. */
function namedBy({ kind, status, hold, newHold, order, voucher, observed }: Operation): string {
  if (kind === 'track') return status === ALL_NEW ? ': all new' : ': stored before';
  if (observed?.decision !== undefined) return `: ${observed.decision}`;
  if (observed !== undefined) {
    return `: ${observed.available} available, ${observed.reserved} reserved, ${observed.sold} sold`;
  }
  const asked = asksOf(kind);
  const named = Object.entries({ hold, newHold, order, voucher })
    .filter(([what, name]) => what !== asked && name !== undefined)
    .map(([, name]) => name);
  return named.length === 0 ? '' : `: ${named.join(', ')}`;
}

/** The events that explain a history, one line each. */
export const narrateSteps = (steps: readonly Step[]): string[] =>
  steps.map(({ atMs, event, hold, call }) => {
    const by = call === undefined ? '' : ` by #${call}`;
    return `  ${atMs}: ${hold === undefined ? '' : `${hold} `}${event}${by}`;
  });
