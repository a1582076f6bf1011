import { FOLLOWING } from '../flow/bindings.ts';
import type { Flow } from '../flow/follow-values.ts';
import { ELEMENT_PARAMETER } from '../flow/native-methods.ts';
import { type ApiValue, functionsOf, type Value } from '../flow/value.ts';
import {
  type AnyNode,
  type Call,
  type FunctionNode,
  isFunction,
  nameOfKey,
} from '../syntax/nodes.ts';
import { methodOf } from './call-shapes.ts';
import type { Host } from './init-code.ts';

/** Members of k6's modules that block in k6 and answer with a promise here. */
export const WAITING: Record<string, ReadonlySet<string>> = {
  'k6/http': new Set([
    ...['get', 'head', 'post', 'put', 'patch', 'del', 'options', 'request', 'batch'],
  ]),
  k6: new Set(['sleep']),
  response: FOLLOWING,
  flashsale: new Set(['rendezvous']),
};

/** The functions of a script that have to wait, and the calls that have to be awaited. */
export interface Waiting {
  functions: ReadonlySet<FunctionNode>;
  /** The thing that a call waits for, if any; not `certain` if it was found by the name of a member alone. */
  waitOf(call: Call): { name: string; certain: boolean } | undefined;
  /** True if a call is `array.forEach(callback)` or the like, with a callback that waits. */
  waitsInTurn(call: Call): boolean;
}

/**
 * Finds every function that waits: one in which a call waits, because it calls k6 or another function that waits.
 * Functions that are `async` already stay as they are, because their callers hold a promise in k6, too.
 */
export function findWaiting(
  code: string,
  calls: Call[],
  flow: Flow,
  context: WaitContext,
): Waiting {
  const functions = findWaitingFunctions(calls, flow, context);
  const isMet = (causes: Cause[]): boolean =>
    causes.some((cause) => cause === 'k6' || functions.has(cause));

  return {
    functions,
    waitsInTurn: (call) => isMet(callbacksInTurn(call, flow)),
    waitOf(call) {
      if (call.type === 'NewExpression') return undefined;
      const { callee } = call;
      const written = code.slice(callee.start, callee.end);
      let api: ApiValue | undefined;
      for (const value of flow.valuesOf(callee)) {
        if (typeof value === 'string') continue;
        // A function of the script comes first: if both may be meant, k6's is not certain.
        if (value.kind === 'function' && functions.has(value.node)) {
          const name = `${value.node.id?.name ?? written}()`;
          return { name, certain: callee.type !== 'MemberExpression' };
        }
        if (value.kind === 'api' && isMet(causesIn(value, call, flow))) api ??= value;
      }
      if (api) return { name: nameOfApi(api), certain: true };
      return isMet(indirectCauses(call, flow)) ? { name: written, certain: false } : undefined;
    },
  };
}

interface WaitContext {
  hostOf: (node: AnyNode) => Host;
  /** Functions that cannot be made to wait. */
  pinned: ReadonlyMap<FunctionNode, string>;
}

function findWaitingFunctions(
  calls: Call[],
  flow: Flow,
  { hostOf, pinned }: WaitContext,
): Set<FunctionNode> {
  const functions = new Set<FunctionNode>();
  const callersOf = new Map<FunctionNode, FunctionNode[]>();
  const fresh: FunctionNode[] = [];

  function makeWait(fn: FunctionNode): void {
    if (functions.has(fn)) return;
    functions.add(fn);
    fresh.push(fn);
  }

  for (const call of calls) {
    const host = hostOf(call);
    if (!host || !isFunction(host) || host.async || pinned.has(host)) continue;
    for (const cause of causesOf(call, flow)) {
      if (cause === 'k6') makeWait(host);
      else if (callersOf.get(cause)?.push(host) === undefined) callersOf.set(cause, [host]);
    }
  }
  for (let fn = fresh.pop(); fn; fn = fresh.pop()) callersOf.get(fn)?.forEach(makeWait);
  return functions;
}

/** A reason for a call to wait: k6 itself, or a function, if that one waits. */
type Cause = 'k6' | FunctionNode;

function causesOf(call: Call, flow: Flow): Cause[] {
  if (call.type === 'NewExpression') return [];
  const direct = [...flow.valuesOf(call.callee)].flatMap((value) => causesIn(value, call, flow));
  return [...direct, ...indirectCauses(call, flow)];
}

/** The causes in one value that a call may call. */
function causesIn(value: Value, call: Call, flow: Flow): Cause[] {
  if (typeof value === 'string') return [];
  if (value.kind === 'function') return [value.node];
  if (value.kind !== 'api') return [];
  const { module, member } = value;
  if (WAITING[module]?.has(member)) return ['k6'];
  const [, second] = call.arguments;
  if (module !== 'k6' || !second) return [];
  const given =
    member === 'group'
      ? functionsOf(flow.valuesOf(second))
      : member === 'check'
        ? flow.functionsIn(second)
        : [];
  return given.map((fn) => (fn.async ? 'k6' : fn));
}

/** The causes in the functions that a built-in method of the call's name calls. */
function indirectCauses(call: Call, flow: Flow): Cause[] {
  const name = methodOf(call) ?? '';
  // The analysis may not know that an object is a response; hardly any other object has methods of these names.
  if (FOLLOWING.has(name) || mayFollow(call, flow)) return ['k6'];
  return [...callbacksInTurn(call, flow), ...calledThrough(call, flow)];
}

/** True for `response[name]()`, whose name is made while the script runs. */
function mayFollow({ callee }: Call, flow: Flow): boolean {
  if (callee.type !== 'MemberExpression' || !callee.computed) return false;
  if (nameOfKey(callee.property, true) !== undefined) return false;
  return flow.valuesOf(callee.object).has('response');
}

/** The callbacks of `array.forEach(callback)` and the like; k6's own functions may be among them. */
function callbacksInTurn(call: Call, flow: Flow): Cause[] {
  const name = methodOf(call);
  const callback = name === 'from' ? call.arguments[1] : call.arguments[0];
  if (name === undefined || !callback || callback.type === 'SpreadElement') return [];
  if (!ELEMENT_PARAMETER.has(name) && name !== 'from') return [];
  return [...flow.valuesOf(callback)].flatMap((value): Cause[] => {
    if (typeof value === 'string') return [];
    if (value.kind === 'function') return [value.node];
    return value.kind === 'api' && WAITING[value.module]?.has(value.member) ? ['k6'] : [];
  });
}

/** The causes in `fn` of `fn.call(self)` and `fn.apply(self, list)`. */
function calledThrough(call: Call, flow: Flow): Cause[] {
  const name = methodOf(call);
  if ((name !== 'call' && name !== 'apply') || call.callee.type !== 'MemberExpression') return [];
  return [...flow.valuesOf(call.callee.object)].flatMap((value) => causesIn(value, call, flow));
}

function nameOfApi({ module, member }: ApiValue): string {
  const owner = { 'k6/http': 'http.', response: 'response.' }[module] ?? '';
  return `${owner}${member}()`;
}
