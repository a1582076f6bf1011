import type { Flow } from '../flow/follow-values.ts';
import { functionsOf, type Value } from '../flow/value.ts';
import { type AnyNode, type FunctionNode, functionAround, isFunction } from '../syntax/nodes.ts';
import { WAITING, type Waiting } from '../waits/waiting.ts';

/**
 * The values by which waiting goes through a program: functions that wait, k6's functions that block, and the modules
 * that these are in. As long as all calls of them are known, all of them are awaited.
 */
export interface Carriers {
  isOne(value: Value): boolean;
  /** True if an expression may be a carrier, or an object or list that is written here with one in it. */
  areIn(node: AnyNode): boolean;
  /** Functions that answer with a promise: those that wait, `async` ones, and those that return what these answer. */
  promising: ReadonlySet<FunctionNode>;
}

export function findCarriers(nodes: AnyNode[], flow: Flow, waiting: Waiting): Carriers {
  const promising = findPromising(nodes, flow, waiting);

  function isOne(value: Value): boolean {
    if (typeof value === 'string') return false;
    switch (value.kind) {
      case 'function':
        return promising.has(value.node);
      case 'api':
        return WAITING[value.module]?.has(value.member) === true || value.member === 'asyncRequest';
      case 'module':
        return WAITING[value.name] !== undefined;
      case 'object':
        return [...value.members.values()].some(({ values }) =>
          [...values].some((each) => isCallable(each) && isOne(each)),
        );
      default:
        return false;
    }
  }

  function areIn(node: AnyNode): boolean {
    if (node.type === 'SpreadElement') return areIn(node.argument);
    if (node.type === 'ArrayExpression') return node.elements.some((each) => each && areIn(each));
    return [...flow.valuesOf(node)].some(isOne);
  }

  return { isOne, areIn, promising };
}

const isCallable = (value: Value): boolean =>
  typeof value !== 'string' && (value.kind === 'function' || value.kind === 'api');

function findPromising(nodes: AnyNode[], flow: Flow, { functions }: Waiting): Set<FunctionNode> {
  const promising = new Set(functions);
  const others = nodes.filter(isFunction).filter((fn) => {
    if (fn.async) promising.add(fn);
    return !promising.has(fn);
  });
  const returned = returnsOf(nodes);
  for (let grew = true; grew; ) {
    grew = false;
    for (const fn of others) {
      if (promising.has(fn)) continue;
      const answers = returned.get(fn) ?? [];
      if (answers.some((answer) => isPromise(answer, flow, promising))) {
        promising.add(fn);
        grew = true;
      }
    }
  }
  return promising;
}

/** True if an expression is a call of a function that answers with a promise. */
function isPromise(node: AnyNode, flow: Flow, promising: ReadonlySet<FunctionNode>): boolean {
  if (node.type === 'ConditionalExpression') {
    return (
      isPromise(node.consequent, flow, promising) || isPromise(node.alternate, flow, promising)
    );
  }
  if (node.type !== 'CallExpression') return false;
  const values = flow.valuesOf(node.callee);
  if (functionsOf(values).some((fn) => promising.has(fn))) return true;
  return [...values].some(
    (value) => typeof value !== 'string' && value.kind === 'api' && value.member === 'asyncRequest',
  );
}

/** The expressions that each function returns. */
function returnsOf(nodes: AnyNode[]): Map<FunctionNode, AnyNode[]> {
  const returned = new Map<FunctionNode, AnyNode[]>();
  const add = (fn: FunctionNode, answer: AnyNode): void => {
    const known = returned.get(fn);
    if (known) known.push(answer);
    else returned.set(fn, [answer]);
  };
  for (const node of nodes) {
    if (isFunction(node) && node.body.type !== 'BlockStatement') add(node, node.body);
    if (node.type === 'ReturnStatement' && node.argument) {
      const host = functionAround(node);
      if (host) add(host, node.argument);
    }
  }
  return returned;
}
