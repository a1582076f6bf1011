import type { FunctionNode } from '../syntax/nodes.ts';
import type { FlowGraph } from './graph.ts';
import type { Values } from './value.ts';

/** The arguments of a call; undefined stands for one that is not followed. */
export type Given = (Values | undefined)[];

/** Hands arguments to a function's parameters. */
export function passArguments(
  { cellOf, elements }: FlowGraph,
  node: FunctionNode,
  given: Given,
): void {
  for (const [index, param] of node.params.entries()) {
    if (param.type !== 'RestElement') given[index]?.flowTo(cellOf(param));
    else for (const cell of given.slice(index)) cell?.flowTo(elements);
  }
}
