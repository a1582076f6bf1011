import { codeOfSomeLine, NOT_ALONE, type Operation } from '../../../src/history/operation.ts';
import { MOVEMENTS } from './books.ts';
import { callsOf } from './calls.ts';
import type { Events } from './moment.ts';

/** The answers with the sequence numbers that a server with these events would have put into them. */
export function withSequences(
  operations: readonly Operation[],
  { steps, world: { holds } }: Events,
): Operation[] {
  const skus = new Map(holds.map(({ id, sku }) => [id, sku]));
  const counts = new Map<string, number>();
  const sequences = new Map<number, number>();
  const byId = new Map(callsOf(operations).map((call) => [call.operation.id, call]));
  const ofWishes = new Map<string, number>();
  const withoutNumber = new Set<number>();
  const put = (id: number, sequence: number, isLook: boolean): void => {
    const { wish, operation } = byId.get(id) ?? {};
    // The answer to an attempt is given before any unit moves.
    if (operation === undefined || operation.kind === 'attempt') return;
    sequences.set(id, sequence);
    if (wish === undefined || isLook) return;
    ofWishes.set(wish.name, sequence);
  };
  for (const { event, hold, call, atMs } of steps) {
    if (MOVEMENTS[event] !== undefined) {
      const sku = skus.get(hold ?? '') ?? '';
      const sequence = (counts.get(sku) ?? 0) + 1;
      counts.set(sku, sequence);
      const by = byId.get(call ?? 0)?.operation;
      // The refusal of a call that got half-way has no number, unless it tells that no voucher is left.
      if (by?.outcome === 'fail' && by.code !== 'CAMPAIGN_FULL') withoutNumber.add(by.id);
      else if (by !== undefined) put(by.id, sequence, false);
    }
    const { operation: look, wish } = byId.get(call ?? 0) ?? {};
    if (look === undefined) continue;
    if (event === 'repeated' && look.outcome === 'ok') {
      const before = ofWishes.get(wish?.name ?? '');
      if (before !== undefined) put(look.id, before, true);
    }
    const isLook = event === 'refused' || event === 'read';
    if (!isLook || !LOOKS.has(look.kind) || look.observed?.decision !== undefined) continue;
    // Only the lines for which a basket is refused are told with a number.
    if (look.code === NOT_ALONE || codeOfSomeLine(look.code) !== undefined) continue;
    const isFromMemory = atMs * 1e6 < look.invokedAtNs;
    if (!isFromMemory) put(look.id, counts.get(look.sku ?? '') ?? 0, true);
  }
  return operations.map((operation) => {
    const sequence = sequences.get(operation.id);
    if (operation.outcome === 'info' || sequence === undefined) return operation;
    if (withoutNumber.has(operation.id)) return operation;
    return { ...operation, sequence };
  });
}

/** Calls whose refusals, or answers, carry the number of the last movement. */
const LOOKS = new Set(['reserve', 'register', 'buy', 'read']);
