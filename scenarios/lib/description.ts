/**
 * The description of a shop: how its requests are made, and what its answers mean. `flashsale-cli` makes it of a target file
 * and writes it into the sale file, with every variable of the environment filled in. Plain data, so that a scenario needs
 * nothing else, in k6 as well.
 */
export interface Shop {
  name: string;
  operations: Partial<Record<OperationName, Operation>>;
  /** Lifetime of a hold; absent: unknown, or without an end. */
  holdTtlMs?: number;
  /** Units of one SKU that a buyer may ask for; absent: as many as the scenario wants. */
  unitsPerBuyerMax?: number;
  /** An answer of an instance that is away for a moment, which has done nothing: the call goes to the next one. */
  away?: Conditions;
}

/** The things that a buyer can do. `buy` reserves and confirms in one call. Those of a basket do it to several SKUs together. */
export type OperationName =
  | 'reserve'
  | 'confirm'
  | 'release'
  | 'cancel'
  | 'buy'
  | 'register'
  | 'redeem'
  | 'check-in'
  | 'attempt'
  | 'read'
  | 'track'
  | 'reserve-basket'
  | 'confirm-basket'
  | 'release-basket'
  | 'cancel-basket'
  | 'buy-basket';

export interface Operation extends Request {
  /** Facts that an answer may hold, and the place of each. */
  answer: Places;
  /** The meaning of answers: the first rule that applies counts. */
  answers: AnswerRule[];
  /** The decision over an accepted attempt, which its buyer asks for again and again. */
  later?: Later;
}

export interface Request {
  method: string;
  /** Name of the request in metrics: its path, with the placeholders as they are written. */
  name: string;
  /** Path and query, without the base URL. */
  path: Text;
  headers: Header[];
  body?: Text;
  /** Statuses of answers that are no failures of the shop. */
  expected: (number | { min: number; max: number })[];
}

export interface Header {
  name: string;
  value: Text;
  /** The header is left out when a value is not there. */
  optional?: boolean;
}

/** A text in pieces: plain text, placeholders, and what is written for each line of a basket, with commas between. */
export type Text = (string | Placeholder | { each: Text })[];

/** A value that is filled in: a field of the buyer, of the SKU, or a fact of the call. */
export interface Placeholder {
  of: 'buyer' | 'sku' | 'call';
  field: string;
  as: Encoding;
}

/**
 * The form of a value in its place: as it is, for a URL or a form, in Base64; as JSON of its own type, a number or a text;
 * or within a JSON text.
 */
export type Encoding =
  | 'plain'
  | 'url'
  | 'base64'
  | 'json'
  | 'json-number'
  | 'json-text'
  | 'json-part';

export interface Later extends Request {
  everyMs: number;
  giveUpMs: number;
  /**
   * The decision that an answer tells, the first rule that applies: `ok`, `sold_out`, `refused`, or `accepted` for none yet.
   * Without a rule for "none yet", every answer that fits no rule and is no failure tells that.
   */
  decisions: AnswerRule[];
  answer: Places;
  /** The meaning of answers to all operations: those that tell of a failure are none of a decision. */
  answers: AnswerRule[];
}

/** The decision over an attempt. */
export type Decision = 'SUCCESS' | 'FAILED' | 'PENDING';

/** `unclassified`: no rule says what the answer means. */
export type Meaning =
  | 'ok'
  | 'accepted'
  | 'sold_out'
  | 'refused'
  | 'limited'
  | 'error'
  | 'unclassified';

export interface AnswerRule {
  is: Meaning;
  when: Conditions;
  /** The history has this code for a call that was answered so. */
  code?: string;
}

/**
 * Conditions on an answer, all of which must hold, by the thing that each is about: `status`, `header NAME`, `body` or
 * `body.PATH`.
 */
export type Conditions = Record<string, Expected>;
export type Expected = string | number | boolean | null | (string | number)[];

/** A path into the JSON body, `header NAME`, `cookie NAME`, or a regular expression over the body. */
export type Place = string;

export type AnswerFact =
  | 'hold'
  | 'order'
  | 'voucher'
  | 'tickets'
  | 'basket'
  | 'sku'
  | 'refused'
  | 'quantity'
  | 'sequence'
  | 'available'
  | 'reserved'
  | 'sold';
export type Places = Partial<Record<AnswerFact, Place>>;
