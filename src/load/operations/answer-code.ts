import type { Exchange } from '../http/exchange.ts';
import { property, text } from './json-values.ts';

/** The error code in an answer's JSON problem; undefined without one. */
export function codeOf(exchange: Pick<Exchange, 'json'>): string | undefined {
  return text(property(exchange.json(), 'code'));
}
