import type { Operation, SaleFacts } from '../../../src/history/operation.ts';
import type { Step } from './effects.ts';

/** A small history as lines that a person can follow, with its times in milliseconds. */
export function narrate(sale: SaleFacts, operations: readonly Operation[]): string[] {
  const stock = sale.skus.map(({ skuId, total }) => `${total} of ${skuId}`).join(', ');
  return [
    `On sale: ${stock}; ${sale.unitsPerBuyerMax} per buyer; a hold lives ${sale.holdTtlMs} ms, its units are back within ` +
      `${sale.sweepGraceMs} ms, a refusal may be ${sale.refusalLagMs ?? 0} ms old.`,
    ...operations.map(narrateCall),
  ];
}

function narrateCall(operation: Operation): string {
  const { id, kind, buyer, quantity, sku, hold, order, newHold, code, outcome, observed } =
    operation;
  const asked = kind === 'cancel' ? order : hold;
  const abouts = { reserve: `${quantity} of ${sku}`, read: sku };
  const about = abouts[kind as 'reserve' | 'read'] ?? asked;
  const until = outcome === 'info' ? '…' : operation.completedAtNs / 1e6;
  const answers = { ok: 'yes', fail: `no, ${code}`, info: 'no answer' };
  const { available, reserved, sold } = observed ?? {};
  const gets = {
    reserve: hold,
    confirm: newHold ? `${order} with ${newHold}` : order,
    read: `${available} available, ${reserved} reserved, ${sold} sold`,
  }[kind as 'reserve' | 'confirm' | 'read'];
  const got = outcome === 'ok' && gets !== undefined ? `: ${gets}` : '';
  const seen = operation.sequence === undefined ? '' : ` (sequence ${operation.sequence})`;
  const times = `[${operation.invokedAtNs / 1e6}, ${until}]`;
  return `  #${id} ${times} ${buyer} ${kind} ${about} → ${answers[outcome]}${got}${seen}`;
}

/** The events that explain a history, one line each. */
export const narrateSteps = (steps: readonly Step[]): string[] =>
  steps.map(({ atMs, event, hold, call }) => {
    const by = call === undefined ? '' : ` by #${call}`;
    return `  ${atMs}: ${hold === undefined ? '' : `${hold} `}${event}${by}`;
  });
