import type { Operation } from '../../../src/history/operation.ts';

/** A call with its times in milliseconds; `toMs` is infinite when no answer came. */
export interface Call {
  operation: Operation;
  fromMs: number;
  toMs: number;
  /** The wish of which it is a repetition; absent for a call that was sent once. */
  wish?: Wish;
  /** The lines of a basket, of which `operation` is the first: all happen at one moment, or none. */
  lines?: readonly Call[];
  /** True for a call that may complete a quest. */
  isOfQuest?: boolean;
}

/** Calls of one buyer and kind with one idempotency key. They have one effect together. */
export interface Wish {
  name: string;
  /** The moment of its first call, and of its first yes. */
  fromMs: number;
  answeredMs: number;
  /** The call that was answered yes first. All others name the same things. */
  told?: Operation;
}

const nameOf = ({ kind, buyer, idempotencyKey }: Operation): string | undefined =>
  idempotencyKey === undefined ? undefined : `${buyer} ${kind} ${idempotencyKey}`;

/** @param rewardSkus the SKUs for which a registration is the completion of a quest */
export function callsOf(
  operations: readonly Operation[],
  rewardSkus: ReadonlySet<string> = new Set(),
): Call[] {
  const wishes = wishesOf(operations);
  return operations.map((operation) => {
    const wish = wishes.get(nameOf(operation) ?? '');
    const call: Call = {
      operation,
      fromMs: operation.invokedAtNs / 1e6,
      toMs: operation.completedAtNs / 1e6,
      isOfQuest: operation.kind === 'register' && rewardSkus.has(operation.sku ?? ''),
    };
    return wish === undefined ? call : { ...call, wish };
  });
}

function wishesOf(operations: readonly Operation[]): Map<string, Wish> {
  const wishes = new Map<string, Wish>();
  for (const operation of operations) {
    const name = nameOf(operation);
    if (name === undefined) continue;
    const { invokedAtNs, completedAtNs, outcome } = operation;
    const wish = wishes.get(name) ?? { name, fromMs: Infinity, answeredMs: Infinity };
    wish.fromMs = Math.min(wish.fromMs, invokedAtNs / 1e6);
    if (outcome === 'ok' && completedAtNs / 1e6 < wish.answeredMs) {
      wish.answeredMs = completedAtNs / 1e6;
      wish.told = operation;
    }
    wishes.set(name, wish);
  }
  return wishes;
}

/** True if two answers to one wish name the same things. */
export const agree = (one: Operation, other: Operation): boolean =>
  one.hold === other.hold &&
  one.newHold === other.newHold &&
  one.order === other.order &&
  one.voucher === other.voucher;

/** The names of what a call makes: those of its answer, or of another answer to the same wish. */
export interface Names {
  hold: string;
  order: string;
  voucher: string;
}

/** The names of a call. A thing that nobody was told of has a name that no answer has. */
export function namesOf({ operation, wish }: Call): Names {
  const { kind, id, outcome } = operation;
  const told = outcome === 'info' ? wish?.told : outcome === 'ok' ? operation : undefined;
  return {
    hold: (kind === 'confirm' ? told?.newHold : told?.hold) ?? unnamed('hold', id),
    order: told?.order ?? unnamed('order', id),
    voucher: told?.voucher ?? unnamed('voucher', id),
  };
}

const unnamed = (what: string, id: number): string => `${what}-of-call-${id}`;
export const isUnnamed = (id: string): boolean => id.includes('-of-call-');
