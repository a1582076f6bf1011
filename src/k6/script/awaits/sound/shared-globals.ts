import { type AnyNode, nameOfKey, parentOf } from '../syntax/nodes.ts';
import type { Obstacle } from './obstacle.ts';
import { isGlobal } from './together.ts';

/** Names that are no variables of the language, but parameters of the bundle: each VU has its own. */
const OWN = new Set(['module', 'exports', 'require']);
const GLOBAL_OBJECTS = new Set(['globalThis', 'global']);

/**
 * Finds the first place that makes or changes a global variable. In k6 each VU has globals of its own. VUs that share a
 * thread would share them as well.
 */
export function findSharedGlobal(nodes: AnyNode[]): Obstacle | undefined {
  for (const node of nodes) {
    if (node.type !== 'Identifier' || !isGlobal(node)) continue;
    const why = GLOBAL_OBJECTS.has(node.name)
      ? whyGlobalObject(node)
      : isChanged(node) && !OWN.has(node.name)
        ? `"${node.name}" is a global variable`
        : undefined;
    if (why) return { at: node, why: `${why}, and each VU has its own` };
  }
  return undefined;
}

/** A member that is read, and a question if there is one, change nothing. */
function whyGlobalObject(node: AnyNode & { type: 'Identifier' }): string | undefined {
  const parent = parentOf(node);
  if (parent?.type === 'UnaryExpression' && parent.operator === 'typeof') return undefined;
  if (parent?.type !== 'MemberExpression' || parent.object !== node) {
    return `"${node.name}" is handed on, through which global variables are made`;
  }
  const name = nameOfKey(parent.property, parent.computed) ?? '…';
  return isChanged(parent) ? `"${node.name}.${name}" is a global variable` : undefined;
}

function isChanged(node: AnyNode): boolean {
  const parent = parentOf(node);
  switch (parent?.type) {
    case 'AssignmentExpression':
      return parent.left === node;
    case 'UpdateExpression':
      return true;
    case 'UnaryExpression':
      return parent.operator === 'delete';
    case 'ForInStatement':
    case 'ForOfStatement':
      return parent.left === node;
    default:
      return false;
  }
}
