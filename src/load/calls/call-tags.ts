import { errorCodeOf, errorTextOf } from '../http/error-codes.ts';
import type { Exchange } from '../http/exchange.ts';
import { asTags, type TagSource, type Tags } from '../metrics/metrics.ts';
import type { CallRequest } from './call-request.ts';

/** A call as its tags are read from it. */
export interface TaggedCall {
  readonly request: CallRequest;
  readonly exchange: Exchange;
  /** Name of the group in which the call began. */
  readonly group: string;
  readonly expected: boolean | undefined;
  /** Its tags are those of the call, too. */
  readonly vu: TagSource;
}

/** k6's tags of a request's samples, beside the tags of its VU. */
const REQUEST_TAGS = [
  'method',
  'status',
  'name',
  'url',
  'group',
  'proto',
  'tls_version',
  'expected_response',
  'error',
  'error_code',
];

/** One tag of a call's samples; undefined where the call has none of that name. */
export function callTag(call: TaggedCall, name: string): string | undefined {
  const { request, exchange } = call;
  const own = request.tags?.[name];
  if (own !== undefined) return String(own);
  switch (name) {
    case 'method':
      return request.method;
    case 'status':
      return String(exchange.status);
    case 'name':
      return request.url;
    case 'url':
      return callTag(call, 'name');
    case 'group':
      return call.group;
    case 'expected_response':
      return call.expected === undefined ? undefined : String(call.expected);
    case 'error_code': {
      const code = errorCodeOf(exchange);
      return code === 0 ? undefined : String(code);
    }
    case 'error':
      return errorTextOf(exchange) || undefined;
    case 'proto':
      return exchange.status === 0 ? undefined : 'HTTP/1.1';
    case 'ip':
      return exchange.peer().ip || undefined;
    case 'tls_version':
      return exchange.peer().tlsVersion || undefined;
    default:
      return call.vu.tag(name);
  }
}

/** All tags of a call's samples. */
export function collectCallTags(call: TaggedCall): Tags {
  const tags: Record<string, string> = { ...call.vu.allTags() };
  for (const name of REQUEST_TAGS) {
    const value = callTag(call, name);
    if (value !== undefined) tags[name] = value;
  }
  return Object.assign(tags, asTags(call.request.tags));
}
