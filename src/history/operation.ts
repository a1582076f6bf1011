import type { WayOfSelling } from '../protocol/ways-of-selling.ts';
import type { Manifest } from './manifest.ts';
import type { RefusalReasons } from './refusal-reason.ts';

/**
 * One buyer's call, as an interval from just before its request was written to just after its answer was read, with one
 * of three outcomes. The terms are Jepsen's.
 */
export interface Operation {
  /** Unique in its history, ascending in the order of invocation. */
  id: number;
  kind: OperationKind;
  /** The SKU; absent when neither the request nor an answer names it. */
  sku?: string;
  /** The SKU that the answer names, where the request names another one. */
  toldSku?: string;
  buyer?: string;
  quantity: number;
  /** Id of this call. The server stores it with the effect, so that the final ledger can settle an `info`. */
  callId?: string;
  /** Names the buyer's wish: calls that carry the same key have one effect together. */
  idempotencyKey?: string;
  /** The hold this call is about: known at invocation for confirm and release, from the answer for reserve. */
  hold?: string;
  /** A checkout whose payment came after its hold had lapsed: the hold that was made instead. */
  newHold?: string;
  /** The order this call is about: known at invocation for cancel, from the answer for confirm and register. */
  order?: string;
  /** The order that the answer names, where the request names another one. */
  toldOrder?: string;
  /** The voucher's code: known at invocation for redeem, from the answer for register. */
  voucher?: string;
  /** The ticket's code, known at invocation for check-in. */
  ticket?: string;
  /** Names the request of which this is one line: its lines must happen together or not at all. */
  basket?: string;
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
  /** The answer to a `read`: stock counts, or the decision over the buyer's attempt (`SUCCESS`, `FAILED`, `PENDING`). */
  observed?: { available?: number; reserved?: number; sold?: number; decision?: string };
  requestId?: string;
  /** Base URL of the server instance that was asked. */
  instance?: string;
}

/** The code of a line of a refused basket that would not have been refused by itself. */
export const NOT_ALONE = 'NOT_ALONE';

const OF_SOME_LINE = ', of some line';

/** The code of each line of a basket that was refused for a reason of some line, where the answer does not tell of which. */
export const ofSomeLine = (code: string): string => `${code}${OF_SOME_LINE}`;

/** The code of the reason that some line of a refused basket has; undefined for any other code. */
export const codeOfSomeLine = (code = ''): string | undefined =>
  code.endsWith(OF_SOME_LINE) ? code.slice(0, -OF_SOME_LINE.length) : undefined;

/** The last that is known of a call, in nanoseconds: its answer, or its begin where no answer came. */
export const lastNsOf = ({
  invokedAtNs,
  completedAtNs,
}: Pick<Operation, 'invokedAtNs' | 'completedAtNs'>): number =>
  Number.isFinite(completedAtNs) ? completedAtNs : invokedAtNs;

/** The last moment at which a call began or was answered, in nanoseconds; minus infinity without calls. */
export function lastEventNs(operations: readonly Operation[]): number {
  let lastNs = Number.NEGATIVE_INFINITY;
  for (const operation of operations) lastNs = Math.max(lastNs, lastNsOf(operation));
  return lastNs;
}

/** A plain object with the facts of an operation. Those of a recorded one are getters, which `{...operation}` leaves out. */
export const copyOf = (operation: Operation): Operation =>
  ({
    id: operation.id,
    kind: operation.kind,
    sku: operation.sku,
    toldSku: operation.toldSku,
    buyer: operation.buyer,
    quantity: operation.quantity,
    callId: operation.callId,
    idempotencyKey: operation.idempotencyKey,
    hold: operation.hold,
    newHold: operation.newHold,
    order: operation.order,
    toldOrder: operation.toldOrder,
    voucher: operation.voucher,
    ticket: operation.ticket,
    basket: operation.basket,
    invokedAtNs: operation.invokedAtNs,
    outcome: operation.outcome,
    completedAtNs: operation.completedAtNs,
    status: operation.status,
    code: operation.code,
    sequence: operation.sequence,
    observed: operation.observed,
    requestId: operation.requestId,
    instance: operation.instance,
  }) satisfies Record<keyof Operation, unknown>;

/**
 * `reserve` takes units off sale, `confirm` sells them, `release` gives them back; `register` does the first two at once
 * for one unit of a campaign and answers with a voucher, which `redeem` uses up; `attempt` asks for a unit of a flash
 * sale and is decided later; `cancel` gives back what an order had sold. `buy` reserves and confirms units in one call, and
 * may answer with the id of an order, of a hold, or of neither. `check-in` lets a ticket in: its buyer is who stands at the gate.
 * `track` tells the analytics of as many events as its quantity
 * says, and takes nothing.
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
  'buy',
  'check-in',
  'track',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** True when a call of this kind asks for units that are on sale. */
export const takesStock = (kind: OperationKind): boolean =>
  kind === 'reserve' || kind === 'register' || kind === 'attempt' || kind === 'buy';

/**
 * `ok`: it happened. `fail`: it definitely did not (a definite refusal, or the request provably never left).
 * `info`: nobody knows (timeout, reset, an answer without a definite code, a killed server).
 */
export type Outcome = 'ok' | 'fail' | 'info';

/** Situations that a scenario may exist to bring about. */
export const CHALLENGES = [
  /** Two of checkout, cancellation and expiry meet at one hold. */
  'hold-race',
  'cancelled-order',
  /** A hold lapses while it is being paid for. */
  'late-payment',
  /** One voucher is used in two calls at once. */
  'double-redemption',
  /** One ticket is shown at two gates at once. */
  'double-check-in',
  /** A call is repeated with its Idempotency-Key while it is under way. */
  'repeated-call',
  /** One account asks for units twice at once. */
  'shared-account',
  /** Somebody uses another buyer's reservation, order or voucher. */
  'stranger',
  /** Something is read again after it was read and may have changed back. */
  'repeated-read',
  /** A hold has more than one unit. */
  'several-units',
  /** A basket is refused for one of its lines, though others of it could be had. */
  'half-basket',
  /** Units of two SKUs are taken at the same time. */
  'several-skus',
  /** A hold is left to lapse, and later buyers want its units. */
  'abandoned-hold',
  /** Redis loses all its data while units are held. */
  'redis-amnesia',
  /** Somebody asks for units in another way than they are sold. */
  'other-door',
  /** Units are asked for before their sale begins, and after it is over. */
  'out-of-hours',
] as const;
export type Challenge = (typeof CHALLENGES)[number];

/** One SKU on sale, as far as is known. `unitPrice` is absent if nobody set a price. */
export interface SkuOnSale {
  skuId: string;
  total: number;
  /** Price of one unit, as text with two decimals. */
  unitPrice?: string;
  /** The only way in which its units are sold. */
  soldBy?: WayOfSelling;
  /** Units are taken, or attempts accepted, from `opensAt` on and before `closesAt`, by the ledger's clock. ISO times, UTC. */
  opensAt?: string;
  closesAt?: string;
  /**
   * True: a campaign of rewards. Its vouchers are given to users who complete a quest, and a registration is the call that
   * may complete it.
   */
  isReward?: boolean;
  /** True: it was on sale before the run, so the books may have rows of it that are older than the sale. */
  wasOnSale?: boolean;
}

/** The facts of a sale, constant for all checks. */
export interface SaleFacts {
  scenario: string;
  /** Base URLs of the instances under test. */
  target: string[];
  /** Name of the described shop under test; absent for the reference server. */
  shop?: string;
  strategy?: string;
  skus: SkuOnSale[];
  /** False: others may buy the same SKUs, so a row that no call of the run made may be theirs. Absent: nobody else buys. */
  nobodyElseBuys?: boolean;
  /** Units one buyer may hold or own of one SKU; absent: no limit is known. */
  unitsPerBuyerMax?: number;
  /** Reservations and purchases one buyer may have of one SKU; absent: as many as there are units in them. */
  holdsPerBuyerMax?: number;
  /** A hold ends this long after it was made; absent: nobody knows when, or if at all. */
  holdTtlMs?: number;
  /** An ended hold's units are back on sale at the latest this long after. */
  sweepGraceMs: number;
  /** True: a hold that has lapsed may still be sold until it is swept. Absent: a lapsed hold cannot be sold. */
  soldUntilSwept?: boolean;
  /** A "sold out" without a sequence number may be this much behind the stock, as from a cache; 0 when absent. */
  refusalLagMs?: number;
  /** A read may be this much behind the sale, as from a cache; 0 when absent. */
  readLagMs?: number;
  /** The reasons that the target gives for refusals, by its error codes. */
  refusals: RefusalReasons;
  /** True when the scenario brings more demand than stock; then a run that does not sell out proves nothing. */
  sellOutExpected: boolean;
  /** Situations that must have come about, or the run proves nothing. */
  challenges?: Challenge[];
  /** True when the calls were traced; the digits of a call id are those of its trace. */
  traces?: boolean;
  /** Wall time, ms since the epoch, at which the history's monotonic clock stood at `startedAtNs`. */
  startedAtMs: number;
  startedAtNs: number;
  /**
   * Set in the history of one of several load generators: its number, from 1, of so many. Each has its own buyers. `sale` names
   * the sale that all of them fired, `plan` is a digest of what script and command line said of the load.
   */
  part?: {
    number: number;
    of: number;
    sale?: string | undefined;
    plan?: string | undefined;
  };
  /** The evidence that was promised before the sale began. */
  evidence: Manifest;
}
