import { isModuleWrapper } from '../flow/bundler.ts';
import type { Flow } from '../flow/follow-values.ts';
import { functionsOf } from '../flow/value.ts';
import {
  type AnyNode,
  type Call,
  type FunctionNode,
  functionAround,
  isFunction,
  parentOf,
} from '../syntax/nodes.ts';

/** The function that a node runs in, or the class field, static block or parameter's default; undefined for init code. */
export type Host = AnyNode | undefined;

/**
 * Finds the host of any node. Functions that run in init code and never later count as init code: they are called, and
 * only from init code. The wrappers that libraries are published in are such functions. Nothing in them waits, whatever
 * the names of their members.
 */
export function createHostFinder(calls: Call[], flow: Flow): (node: AnyNode) => Host {
  const initOnly = findInitOnly(calls, flow);
  return (node) => {
    let child = node;
    for (let at = parentOf(node); at; at = parentOf(at)) {
      if (at.type === 'StaticBlock' || (at.type === 'PropertyDefinition' && at.value === child)) {
        return at;
      }
      if (isFunction(at)) {
        if (initOnly.has(at) || isModuleWrapper(at)) return undefined;
        return (at.params as AnyNode[]).includes(child) ? child : at;
      }
      child = at;
    }
    return undefined;
  };
}

function findInitOnly(calls: Call[], flow: Flow): Set<FunctionNode> {
  const calledIn = new Map<FunctionNode, FunctionNode[]>();
  const atOnce: FunctionNode[] = [];
  for (const call of calls) {
    const host = functionAround(call);
    const called = functionsCalledBy(call, flow);
    if (!host || isModuleWrapper(host)) {
      atOnce.push(...called);
      continue;
    }
    const before = calledIn.get(host);
    if (before) before.push(...called);
    else calledIn.set(host, called);
  }
  const found = reachable(atOnce, calledIn);
  for (const fn of flow.exported) found.delete(fn);
  // A function that is called by one that may run later may run later, too.
  const late = reachable(
    [...calledIn.keys()].filter((host) => !found.has(host)),
    calledIn,
  );
  for (const fn of late) found.delete(fn);
  return found;
}

/** The functions and all that they call. */
function reachable(
  from: FunctionNode[],
  calledIn: ReadonlyMap<FunctionNode, FunctionNode[]>,
): Set<FunctionNode> {
  const all = new Set(from);
  // A Set that grows is walked to its new end.
  for (const fn of all) for (const called of calledIn.get(fn) ?? []) all.add(called);
  return all;
}

function functionsCalledBy(call: Call, flow: Flow): FunctionNode[] {
  const own = functionsOf(flow.valuesOf(call.callee));
  // A built-in function calls the functions that it is given.
  return own.length > 0 ? own : call.arguments.flatMap((each) => functionsOf(flow.valuesOf(each)));
}
