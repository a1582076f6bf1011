import type { AnswerRule, Meaning, Place } from '../../scenarios/lib/description.ts';
import type { RefusalReasons } from '../history/refusal-reason.ts';
import type { OperationRule } from './operation-rule.ts';

/**
 * The interface of a server under test, seen from outside: which request is which operation, where keys, quantities and
 * ids stand in it, and what the answers mean.
 */
export interface Target {
  name: string;
  /** Opens the same target in another thread, because functions cannot be sent to a thread. */
  reference: TargetReference;
  operations: OperationRule[];
  /** The meaning of answers to requests that are no operation: the first rule that applies counts. */
  answers: AnswerRule[];
  /** The reasons of refusals by the codes that are recorded. The judge asks of each if it was true. */
  refusals: RefusalReasons;
  /** The time by which a "sold out" without a sequence number may be behind the stock; absent: it never is. */
  refusalLagMs?: number;
  /** The time by which a read may be behind the sale, as from a cache; absent: it never is. */
  readLagMs?: number;
  /** The number of reservations and purchases that a buyer may have of one SKU; absent: as many as the units allow. */
  holdsPerBuyerMax?: number;
  /** The place of the server's own error code, which is recorded instead of that of the rule. */
  codePlace?: Place;
  /** The places of the code and of the sequence number of each line for which a basket was refused: those of the answer if absent. */
  refusedLines?: { code: Place; sequence: Place };
  /** True: the server adds the number of the line to the id of a call for each line of a basket. Absent: its SKU. */
  numbersLines?: true;
  /** Reads the buyer of a request from its `authorization` header, where no place of the request names the buyer. */
  buyerOf?(authorization: string): string | undefined;
  /** The buyer to whom a credential belongs; `field` is the buyer's field that it is. */
  buyerWith?(field: string, credential: string): string | undefined;
  /** The id of the SKU that a request or an answer calls by this name; `field` is the SKU's field that it is, if not the id. */
  skuNamed?(name: string, field?: string): string;
  /** The SKU of a request that names none, in a sale of one SKU. */
  onlySku?: string;
}

/** A target of the registry, or the one that is described in a sale file. */
export type TargetReference = { name: string } | { saleFile: string };

/**
 * The meaning of an answer. `ok`, `sold_out`, `refused` and `limited` are definite. `accepted` puts the decision off (a payment
 * under way). `error` leaves open whether the call took effect, and so does an answer that no rule names: `unclassified`.
 */
export type Answer = Meaning;
