import type { Flow } from '../flow/follow-values.ts';
import { functionsOf } from '../flow/value.ts';
import {
  type AnyNode,
  type Call,
  functionAround,
  isFunction,
  nameOfKey,
  parentOf,
} from '../syntax/nodes.ts';
import { variableOf } from '../syntax/variables.ts';
import { methodOf, wholeOf } from '../waits/call-shapes.ts';
import type { Waiting } from '../waits/waiting.ts';
import type { Carriers } from './carriers.ts';
import type { Obstacle } from './obstacle.ts';

const TIMERS = new Set(['setTimeout', 'setInterval', 'queueMicrotask', 'setImmediate']);
const REACTIONS = new Set(['then', 'catch', 'finally']);

/**
 * Finds the first place at which a VU may begin something that goes on beside its other code: a promise that is not
 * awaited where it is made, a timer. Without any, code that awaits is one chain, in which nothing else runs meanwhile.
 */
export function findTogether(
  nodes: AnyNode[],
  flow: Flow,
  waiting: Waiting,
  { promising }: Carriers,
): Obstacle | undefined {
  for (const node of nodes) {
    const why = whyTogether(node);
    if (why) return { at: node, why };
  }
  return undefined;

  function whyTogether(node: AnyNode): string | undefined {
    switch (node.type) {
      case 'Identifier':
        return isGlobal(node) && (TIMERS.has(node.name) || node.name === 'Promise')
          ? `${node.name} lets other code of the VU run beside a call that blocks`
          : undefined;
      case 'Literal':
        return /^k6\/(experimental\/)?timers$/.test(String(node.value)) &&
          parentOf(node)?.type === 'CallExpression'
          ? 'timers let other code of the VU run beside a call that blocks'
          : undefined;
      case 'ForOfStatement':
        return node.await ? '"for await" cannot be followed' : undefined;
      case 'CallExpression':
        return whyCall(node);
      default:
        return isFunction(node) && node.async && node.generator
          ? 'an async generator cannot be followed'
          : undefined;
    }
  }

  function whyCall(call: Call): string | undefined {
    const method = methodOf(call);
    if (method !== undefined && REACTIONS.has(method)) {
      return `.${method}() lets other code of the VU run beside a call that blocks`;
    }
    if (isAwaited(call)) return undefined;
    const values = flow.valuesOf(call.callee);
    for (const value of values) {
      if (typeof value === 'string' || value.kind !== 'api') continue;
      if (value.member === 'asyncRequest')
        return 'the promise of asyncRequest() is not awaited here';
    }
    const isMadeToWait = waiting.waitOf(call) !== undefined;
    if (isMadeToWait && isInWaiting(call)) return undefined;
    const called = functionsOf(values).find((fn) => fn.async && promising.has(fn));
    if (called) return 'the promise of an async function is not awaited here';
    const given = call.arguments
      .flatMap((each) => functionsOf(flow.valuesOf(each)))
      .find((fn) => promising.has(fn) && !waiting.functions.has(fn));
    // The flow says what a function of the script does with it.
    return given && functionsOf(values).length === 0
      ? 'an async function is handed over, and nothing waits for its promise'
      : undefined;
  }

  /** True if a call is in a function that is made to wait for it. */
  function isInWaiting(call: Call): boolean {
    const host = functionAround(call);
    return host !== undefined && waiting.functions.has(host);
  }
}

/** True if the promise of a call is awaited or returned where it is made. */
function isAwaited(call: Call): boolean {
  let node = wholeOf(call);
  let parent = parentOf(node);
  while (parent?.type === 'ConditionalExpression' && parent.test !== node) {
    node = parent;
    parent = parentOf(node);
  }
  return (
    parent?.type === 'AwaitExpression' ||
    parent?.type === 'ReturnStatement' ||
    (parent?.type === 'ArrowFunctionExpression' && parent.body === node)
  );
}

/** True if a name is a variable of no scope, and neither a property's name nor a key. */
export function isGlobal(node: AnyNode): boolean {
  if (node.type !== 'Identifier') return false;
  const parent = parentOf(node);
  if (parent?.type === 'MemberExpression' && parent.property === node && !parent.computed)
    return false;
  if (parent?.type === 'Property' && parent.key === node && !parent.computed && !parent.shorthand)
    return false;
  if (
    (parent?.type === 'MethodDefinition' || parent?.type === 'PropertyDefinition') &&
    parent.key === node &&
    !parent.computed
  )
    return false;
  if (parent?.type === 'LabeledStatement' || parent?.type === 'BreakStatement') return false;
  return nameOfKey(node, false) !== undefined && variableOf(node) === undefined;
}
