import type { Operation } from '../../history/operation.ts';

/**
 * True when somebody asked for another buyer's reservation, order or voucher while its owner had it and had not used it
 * yet. The call was answered: an answer that never came shows nothing about the server.
 */
export function isAnybodyRobbed(operations: Operation[]): boolean {
  const owners = firstCalls(operations, thingsGiven);
  const uses = firstCalls(operations, (call) => [thingWanted(call)]);
  return operations.some((call) => {
    const thing = thingWanted(call);
    const given = thing === undefined ? undefined : owners.get(thing);
    if (given === undefined || call.outcome === 'info') return false;
    if (call.buyer === undefined || given.buyer === undefined || call.buyer === given.buyer) {
      return false;
    }
    const use = uses.get(thing as string);
    const isUsed = use !== undefined && use.completedAtNs < call.invokedAtNs;
    return given.completedAtNs <= call.invokedAtNs && !isUsed;
  });
}

/** The first call to be answered yes, for each thing that it is about. */
function firstCalls(
  operations: Operation[],
  thingsOf: (call: Operation) => (string | undefined)[],
): Map<string, Operation> {
  const first = new Map<string, Operation>();
  for (const call of operations) {
    if (call.outcome !== 'ok') continue;
    for (const thing of thingsOf(call)) {
      if (thing === undefined) continue;
      const other = first.get(thing);
      if (other === undefined || call.completedAtNs < other.completedAtNs) first.set(thing, call);
    }
  }
  return first;
}

/** The things that a call gives its buyer. */
function thingsGiven({ kind, hold, order, voucher }: Operation): (string | undefined)[] {
  if (kind === 'reserve') return [named('hold', hold)];
  if (kind === 'confirm') return [named('order', order)];
  return kind === 'register' || kind === 'buy'
    ? [named('order', order), named('voucher', voucher)]
    : [];
}

/** The thing that a call uses up: only its owner may. */
function thingWanted({ kind, hold, order, voucher }: Operation): string | undefined {
  if (kind === 'confirm' || kind === 'release') return named('hold', hold);
  if (kind === 'cancel') return named('order', order);
  return kind === 'redeem' ? named('voucher', voucher) : undefined;
}

const named = (kind: string, id: string | undefined): string | undefined =>
  id === undefined ? undefined : `${kind} ${id}`;
