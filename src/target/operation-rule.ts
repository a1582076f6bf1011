import type { AnswerFact, AnswerRule, Place } from '../../scenarios/lib/description.ts';
import type { OperationKind } from '../history/operation.ts';

/** Names the request that is an operation, the places of its facts, and what its answers mean. Plain data. */
export interface OperationRule {
  kind: OperationKind;
  /** True: the request is about all lines of a basket. Facts of its lines are lists, as those of `lines.*.skuId`. */
  ofBasket?: true;
  method: string;
  /** The path, or a regular expression for it with a group for each value in it. */
  path: string | { pattern: string };
  /** Values that tell the request from others with the same path, as those of GraphQL. */
  constants?: { place: SentPlace; value: string }[];
  sent: Partial<Record<SentFact, SentPlace>>;
  /** The field of the SKU by which the request names it; absent: its id. */
  skuField?: string;
  /** Fields of the buyer that may tell whose request it is, best first. */
  credentials: { field: string; place: SentPlace }[];
  /** Request header that carries the call id. */
  callIdHeader?: string;
  answer: Partial<Record<AnswerFact, Place>>;
  answers: AnswerRule[];
  /** The decisions over an attempt that the answers tell: see `Later`. */
  decisions?: AnswerRule[];
}

/** Facts that stand in requests. */
export type SentFact =
  | 'sku'
  | 'quantity'
  | 'hold'
  | 'order'
  | 'voucher'
  | 'ticket'
  | 'basket'
  | 'buyer'
  | 'key'
  | 'call';

/** The place of a fact in a request. A value within a longer text is a group of `within`. */
export type SentPlace = (
  | { in: 'path' | 'body' }
  | { in: 'query' | 'form' | 'header' | 'cookie'; name: string }
  | { in: 'json'; path: string[] }
) & { within?: { pattern: string; group: number }; base64?: true };
