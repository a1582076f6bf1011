import {
  CONNECTION_CLOSED,
  CUT_OFF_BODY,
  type Exchange,
  INVALID_REQUEST,
  TIMEOUT,
  UNREADABLE_BODY,
} from './exchange.ts';
import { BLOCKED_ADDRESS, BLOCKED_NAME } from './name-lookup.ts';

/**
 * k6's numbers for failed requests (https://grafana.com/docs/k6/latest/javascript-api/error-codes/), so that scripts and
 * thresholds written for k6 mean the same here.
 */
const BY_CODE: Record<string, number> = {
  [INVALID_REQUEST]: 1020,
  [TIMEOUT]: 1050,
  ENOTFOUND: 1101,
  EAI_AGAIN: 1100,
  [BLOCKED_ADDRESS]: 1110,
  [BLOCKED_NAME]: 1111,
  EPIPE: 1201,
  CONNECT_TIMEOUT: 1211,
  ETIMEDOUT: 1211,
  ECONNREFUSED: 1212,
  ECONNRESET: 1220,
  // The server speaks no TLS, or none of the versions that are asked for.
  ERR_SSL_WRONG_VERSION_NUMBER: 1301,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 1301,
  EPROTO: 1301,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 1010,
  ERR_SSL_UNSUPPORTED_PROTOCOL: 1010,
  [UNREADABLE_BODY]: 1701,
  ERR_TLS_CERT_ALTNAME_INVALID: 1311,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 1310,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 1310,
  DEPTH_ZERO_SELF_SIGNED_CERT: 1310,
  SELF_SIGNED_CERT_IN_CHAIN: 1310,
};

/** For a failure without a number of its own, after the request was written and before. */
const GENERIC = 1000;
/** k6 has no number for a server that closes the connection, before or after the request was written. */
const CLOSED = new Set([CONNECTION_CLOSED, CUT_OFF_BODY]);
const GENERIC_DIAL = 1210;

/** 0 for an answer with a status below 400, 1000 + status for any other answer. */
export function errorCodeOf(exchange: Exchange): number {
  if (exchange.failure) {
    const { code } = exchange.failure;
    if (CLOSED.has(code)) return GENERIC;
    return BY_CODE[code] ?? (exchange.written ? GENERIC : GENERIC_DIAL);
  }
  return exchange.status >= 400 ? 1000 + exchange.status : 0;
}

/** k6's error texts, for scripts that compare them. */
const TEXTS: Record<number, string> = {
  1050: 'request timeout',
  1110: 'ip is blacklisted',
  1101: 'lookup: no such host',
  1211: 'dial: i/o timeout',
  1212: 'dial: connection refused',
};

/** The reason why there is no answer, in k6's words if it has any; empty for an answer. */
export function errorTextOf(exchange: Exchange): string {
  if (!exchange.failure) return '';
  if (CLOSED.has(exchange.failure.code))
    return exchange.answeredAtMs > 0 ? 'unexpected EOF' : 'EOF';
  return TEXTS[errorCodeOf(exchange)] ?? exchange.failure.message;
}
