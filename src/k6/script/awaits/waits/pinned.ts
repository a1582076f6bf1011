import type { Flow } from '../flow/follow-values.ts';
import { functionsOf, hasFunction } from '../flow/value.ts';
import { type AnyNode, type Call, type FunctionNode, isFunction } from '../syntax/nodes.ts';
import { methodOf } from './call-shapes.ts';

/** Built-in methods that need their callback's answer at once. */
const SYNCHRONOUS_METHODS = new Set(['sort', 'toSorted', 'replace', 'replaceAll', 'findLast']);

/** Finds the functions that cannot be made to wait, each with the reason in words. */
export function findPinned(nodes: AnyNode[], calls: Call[], flow: Flow): Map<FunctionNode, string> {
  const pinned = new Map<FunctionNode, string>();
  for (const node of nodes) {
    const reason = reasonNotToWait(node);
    if (reason) pinned.set(reason.of, reason.why);
  }
  for (const call of calls) {
    const name = methodOf(call);
    if (name === undefined || !SYNCHRONOUS_METHODS.has(name)) continue;
    const callback = call.arguments[name.startsWith('replace') ? 1 : 0];
    // A call of the script's own method does not call the built-in one.
    if (!callback || hasFunction(flow.valuesOf(call.callee))) continue;
    for (const fn of functionsOf(flow.valuesOf(callback))) {
      pinned.set(fn, `the callback of .${name}()`);
    }
  }
  return pinned;
}

function reasonNotToWait(node: AnyNode): { of: FunctionNode; why: string } | undefined {
  if (node.type === 'MethodDefinition' && node.kind === 'constructor') {
    return { of: node.value, why: 'a constructor' };
  }
  if (
    (node.type === 'MethodDefinition' || node.type === 'Property') &&
    (node.kind === 'get' || node.kind === 'set')
  ) {
    return { of: node.value as FunctionNode, why: 'a getter or setter' };
  }
  if (isFunction(node) && node.generator && !node.async) return { of: node, why: 'a generator' };
  return undefined;
}
