/**
 * The notes that the recording module makes inside k6. Each is the metadata of one sample of the counter `NOTES`, because
 * k6 writes a sample's metadata into its JSON output without making a time series of it.
 */
export const NOTES = 'flashsale_notes';
/** The metadata key that holds a note as JSON. */
export const NOTE = 'note';
/** The variable of the script that holds the `RecordingSettings` as JSON. */
export const SETTINGS_VARIABLE = 'FLASHSALE_RECORDING';

/** The settings of the recording module. */
export interface RecordingSettings {
  /** Method, and a regular expression for the path, of each request that is an operation. */
  endpoints: { method: string; path: string; callIdHeader?: string }[];
  /** Eighteen random hex digits that set this run's call ids apart. */
  callIdPrefix: string;
  /** The headers of answers whose values are noted, in lower case. */
  answerHeaders: string[];
  /** The cookies of answers whose values are noted. */
  answerCookies: string[];
}

export type Note =
  /** An iteration began. */
  | { type: 'iteration' }
  /** An operation is about to be sent. */
  | {
      type: 'invoke';
      /** Joins an invocation with its answer; different for every call of a run. */
      key: string;
      method: string;
      url: string;
      headers: Record<string, string>;
      body: string | null;
      callId?: string;
    }
  /** A request has ended, an operation or not. */
  | {
      type: 'answer';
      key: string;
      /** 0 without an answer. */
      status: number;
      /** k6's number for the failure, 0 for none. */
      errorCode: number;
      /** Present for operations and for answers of status 400 and above. */
      body?: string;
      /** By their names in lower case. */
      headers?: Record<string, string>;
      cookies?: Record<string, string>;
    };
