/** The result of an assertion of the user's own, asked when the target was at rest. */
export interface InvariantResult {
  name: string;
  /** `unknown`: it could not be asked. */
  status: 'valid' | 'invalid' | 'unknown';
  /** One sentence without its full stop. */
  summary: string;
  /** Rows that broke it, as far as they are shown. */
  rows?: Record<string, unknown>[];
}
