import { type AnyNode, isArgumentOf } from '../syntax/nodes.ts';
import type { Obstacle } from './obstacle.ts';

/** Modules whose events call back: while one of them waits or beside all else. */
const MODULES: ReadonlySet<unknown> = new Set([
  ...['k6/ws', 'k6/websockets', 'k6/experimental/websockets'],
]);

/** The first use of a module of WebSockets: what their events call can block, and awaits cannot reach it. */
export function findSockets(nodes: AnyNode[]): Obstacle | undefined {
  const at = nodes.find(
    (node) => node.type === 'Literal' && MODULES.has(node.value) && isArgumentOf(node, 'require'),
  );
  return at && { at, why: 'events of WebSockets call functions that may block' };
}
