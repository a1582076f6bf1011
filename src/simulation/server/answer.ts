/** The server's answer to a call. */
export interface Answer {
  /** `info`: the server took the call on and does not know yet how it ends. */
  outcome: 'ok' | 'fail' | 'info';
  status: number;
  code?: string;
  sku?: string;
  hold?: string;
  order?: string;
  voucher?: string;
  /** The codes of tickets that were bought. */
  tickets?: string[];
  basket?: string;
  /** The lines of a basket in their order; of a refusal, those with a code are to blame. */
  lines?: AnsweredLine[];
  sequence?: number;
  observed?: { available?: number; reserved?: number; sold?: number; decision?: string };
}

export type AnsweredLine = Pick<Answer, 'sku' | 'hold' | 'order' | 'code' | 'sequence'>;

/** The server's work on a call: done with an answer, or to be gone on with after a time. */
export type Work = Answer | { afterNs: number; goOn(): Work };

/** Units that a call asks for. */
export interface Wanted {
  sku: string;
  quantity: number;
}

/** A call as the server gets it. */
export interface Request {
  buyer: string;
  callId: string;
  /** The place of the instance that was asked. */
  instance: number;
}

const STATUS_OF: Record<string, number> = {
  OUT_OF_STOCK: 400,
  PAYMENT_DECLINED: 402,
  NOT_FOUND: 404,
  UNKNOWN_SKU: 404,
  PAYMENT_UNAVAILABLE: 503,
  UNAVAILABLE: 503,
};

/** A refusal by its code, with the number of the movement after which it was decided, if it carries one. */
export const refuse = (code: string, sequence?: number): Answer => ({
  outcome: 'fail',
  status: STATUS_OF[code] ?? 409,
  code,
  sequence,
});

/** Goes on when some work is done, with its answer. */
export function whenDone(work: Work, goOn: (answer: Answer) => Work): Work {
  return 'afterNs' in work ? { ...work, goOn: () => whenDone(work.goOn(), goOn) } : goOn(work);
}
