import { type AnyNode, nameOfKey } from '../syntax/nodes.ts';
import type { FlowGraph } from './graph.ts';
import type { Values } from './value.ts';

/** Methods of a response that send the next request. */
export const FOLLOWING = new Set(['clickLink', 'submitForm']);

/** Hands the values of a pattern, which is the left side of an assignment or a parameter, to the names in it. */
export function bind(graph: FlowGraph, pattern: AnyNode): void {
  const { cellOf, property, elements } = graph;
  const cell = cellOf(pattern);
  switch (pattern.type) {
    // A name has the cell of its variable.
    case 'MemberExpression': {
      const name = nameOfKey(pattern.property, pattern.computed);
      cell.flowTo(name === undefined ? elements : property(name));
      return;
    }
    case 'AssignmentPattern':
      cellOf(pattern.right).flowTo(cell);
      cell.flowTo(cellOf(pattern.left));
      bind(graph, pattern.left);
      return;
    case 'ObjectPattern':
      for (const each of pattern.properties) {
        if (each.type === 'RestElement') {
          cell.flowTo(cellOf(each.argument));
          bind(graph, each.argument);
        } else {
          readMember(graph, cell, nameOfKey(each.key, each.computed), cellOf(each.value));
          bind(graph, each.value);
        }
      }
      return;
    case 'ArrayPattern':
      for (const each of pattern.elements) {
        if (each) bindElement(graph, each.type === 'RestElement' ? each.argument : each);
      }
      return;
  }
}

/** Hands the elements of arrays to a pattern. */
export function bindElement(graph: FlowGraph, pattern: AnyNode): void {
  graph.elements.flowTo(graph.cellOf(pattern));
  bind(graph, pattern);
}

/** Hands the member `name` of `from` to `to`; any member, if its name is undefined because it is computed. */
export function readMember(
  { property, elements, apiValue }: FlowGraph,
  from: Values,
  name: string | undefined,
  to: Values,
): void {
  from.each((value) => {
    if (value === 'response') {
      if (name !== undefined && FOLLOWING.has(name)) to.add(apiValue('response', name));
    } else if (value.kind === 'module') {
      if (name === 'default') to.add(value);
      // `http[method](…)` sends a request, whichever method it is.
      else to.add(apiValue(value.name, name ?? 'request'));
    } else if (value.kind === 'object' && name === undefined) {
      for (const cell of value.members.values()) cell.flowTo(to);
    }
  });
  if (name === undefined || /^\d+$/.test(name)) elements.flowTo(to);
  else property(name).flowTo(to);
}
