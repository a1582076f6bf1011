import type { AnyNode } from '../syntax/nodes.ts';
import { type Given, passArguments } from './arguments.ts';
import { readMember } from './bindings.ts';
import type { FlowGraph } from './graph.ts';
import type { Values } from './value.ts';

/** Methods of arrays and of selections that call their first argument, and the parameter that is an element. */
export const ELEMENT_PARAMETER: ReadonlyMap<string, number> = new Map([
  ...['forEach', 'map', 'filter', 'flatMap', 'some', 'every', 'find', 'findIndex'].map(
    (name) => [name, 0] as const,
  ),
  ...['reduce', 'each', 'is', 'not'].map((name) => [name, 1] as const),
]);

/** Methods that put their arguments into the collection. */
const STORING = new Set(['push', 'unshift', 'splice', 'fill', 'set', 'add', 'concat', 'with']);

/** Methods that answer with what is in the collection. */
const TAKING = new Set([
  ...['pop', 'shift', 'at', 'get', 'find', 'slice', 'filter', 'values', 'entries'],
]);

/** Follows a method that is built into JavaScript, as far as its name says which one it is. */
export function followNativeMethod(
  graph: FlowGraph,
  name: string,
  object: AnyNode,
  given: Given,
  result: Values,
): void {
  const { cellOf, elements } = graph;
  const parameter = ELEMENT_PARAMETER.get(name);
  if (parameter !== undefined) {
    given[0]?.each((value) => {
      if (typeof value === 'string' || value.kind !== 'function') return;
      passArguments(graph, value.node, [...Array<undefined>(parameter).fill(undefined), elements]);
      value.result.flowTo(elements);
    });
  }
  if (STORING.has(name)) for (const cell of given) cell?.flowTo(elements);
  if (TAKING.has(name)) elements.flowTo(result);
  if (object.type === 'Identifier' && object.name === 'Object') {
    if (name === 'freeze' || name === 'assign') given[0]?.flowTo(result);
    else if (name === 'values' || name === 'entries') {
      if (given[0]) readMember(graph, given[0], undefined, elements);
    }
  }
  if (name === 'then') cellOf(object).flowTo(result);
}
