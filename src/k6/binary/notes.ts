/**
 * What the recording module tells from inside k6, one note per sample of the counter `NOTES`: k6 carries a sample's
 * metadata into its JSON output without making a time series of it.
 */
export const NOTES = 'flashsale_notes';
/** The one metadata key, and the variable that holds a `RecordingOrder` as JSON. */
export const NOTE = 'note';
export const ORDER_VARIABLE = 'FLASHSALE_RECORDING';

/** What the recording module needs to know. */
export interface RecordingOrder {
  /** Method, and a regular expression for the path, of each request that is an operation. */
  routes: [method: string, path: string][];
  callIdHeader?: string;
  /** Eighteen random hex digits that set this run's call ids apart. */
  callIdPrefix: string;
  /** Answer header to hand on, as k6 spells it. */
  requestIdHeader: string;
}

export type Note =
  | { type: 'begun' }
  | {
      type: 'invoke';
      call: string;
      method: string;
      url: string;
      headers: Record<string, string>;
      body: string | null;
      callId?: string;
    }
  | {
      type: 'answer';
      call: string;
      /** 0 when no answer came. */
      status: number;
      /** k6's number for what went wrong, 0 for nothing. */
      errorCode: number;
      /** Of operations and of refusals. */
      body?: string;
      requestId?: string;
    };
