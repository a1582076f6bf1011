/**
 * One buyer's call as the judge sees it: an interval from just before the request was written to just after the answer
 * was read, with one of three outcomes. Terms are Jepsen's.
 */
export interface Operation {
  /** Unique in its history, ascending in the order of invocation. */
  id: number;
  kind: OperationKind;
  /** The scarce thing (a SKU); absent when the request does not name it and no answer did. */
  sku?: string;
  buyer?: string;
  quantity: number;
  /** Names this call; the server stores it with the effect, so final reads can resolve an `info`. */
  callId?: string;
  /** Names what the buyer wants; calls that repeat it carry the same key and together have one effect. */
  idempotencyKey?: string;
  /** The hold this call is about: known at invocation for confirm and release, from the answer for reserve. */
  hold?: string;
  /** A checkout whose payment came after its hold had lapsed: the hold that was made instead. */
  newHold?: string;
  /** The order this call is about: known at invocation for cancel, from the answer for confirm and register. */
  order?: string;
  /** The voucher's code: known at invocation for redeem, from the answer for register. */
  voucher?: string;
  /** Nanoseconds on the history's monotonic clock. */
  invokedAtNs: number;
  outcome: Outcome;
  /** Nanoseconds on the same clock; `Infinity` for `info`, which stays concurrent with everything after it. */
  completedAtNs: number;
  /** HTTP status; 0 when no answer came. */
  status: number;
  /** The answer's error code, or the transport's (`ECONNRESET`); absent on success. */
  code?: string;
  /** The per-SKU stock sequence number in the answer, from servers that give one. */
  sequence?: number;
  /** What a `read` saw: stock, or what became of the buyer's attempt (`SUCCESS`, `FAILED`, `PENDING`). */
  observed?: { available?: number; reserved?: number; sold?: number; decision?: string };
  requestId?: string;
  /** Base URL of the server instance that was asked. */
  instance?: string;
}

/**
 * `reserve` takes units off sale, `confirm` sells them, `release` gives them back; `register` does the first two at once
 * for one unit of a campaign and answers with a voucher, which `redeem` uses up; `attempt` asks for a unit of a flash
 * sale and is decided later; `cancel` gives back what an order had sold.
 */
export const OPERATION_KINDS = [
  'reserve',
  'confirm',
  'release',
  'read',
  'attempt',
  'register',
  'redeem',
  'cancel',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** Whether a call of this kind asks for units that are on sale. */
export const takesStock = (kind: OperationKind): boolean =>
  kind === 'reserve' || kind === 'register' || kind === 'attempt';

/**
 * `ok`: it happened. `fail`: it definitely did not (a definite refusal, or the request provably never left).
 * `info`: nobody knows (timeout, reset, an answer without a definite code, a killed server).
 */
export type Outcome = 'ok' | 'fail' | 'info';

/** What a scenario may be there to bring about. */
export const CHALLENGES = [
  /** Two of checkout, cancellation and expiry meet at one hold. */
  'hold-race',
  'cancelled-order',
  /** A hold lapses while it is being paid for. */
  'late-payment',
  /** One voucher is used in two calls at once. */
  'double-redemption',
  /** A call is repeated with its Idempotency-Key while it is under way. */
  'repeated-call',
  /** One account asks for units twice at once. */
  'shared-account',
] as const;
export type Challenge = (typeof CHALLENGES)[number];

/** What was on sale: the constants every check measures against. */
export interface SaleFacts {
  scenario: string;
  /** Base URLs of the instances under test. */
  target: string[];
  strategy?: string;
  skus: { skuId: string; total: number }[];
  /** Units one buyer may hold or own of one SKU. */
  unitsPerBuyerMax: number;
  /** A hold ends this long after it was made. */
  holdTtlMs: number;
  /** An ended hold's units are back on sale at the latest this long after. */
  sweepGraceMs: number;
  /** "Sold out" without a sequence may be this much behind the stock, as from a cache; 0 when absent. */
  refusalLagMs?: number;
  /** Whether the scenario brings more demand than stock; if so a run that does not sell out proves nothing. */
  sellOutExpected: boolean;
  /** What must come about besides, or a run proves nothing. */
  challenges?: Challenge[];
  /** Error codes by which the target says "sold out"; `OUT_OF_STOCK` when absent. */
  soldOutCodes?: string[];
  /** Wall time, ms since the epoch, at which the history's monotonic clock stood at `startedAtNs`. */
  startedAtMs: number;
  startedAtNs: number;
}
