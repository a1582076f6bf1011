import { CONSTANT } from '../../replaced-names.ts';
import { type AnyNode, nameOfKey, parentOf } from '../syntax/nodes.ts';
import { methodOf } from '../waits/call-shapes.ts';
import type { Obstacle } from './obstacle.ts';
import { isGlobal } from './together.ts';

/** Names that are no variables of the language, but parameters of the bundle: each VU has its own. */
const OWN = new Set([
  'module',
  'exports',
  'require',
  '__ENV',
  '__vu',
  'console',
  'crypto',
  CONSTANT,
]);
/** Methods of Object and Reflect that change their first argument. */
const CHANGING = new Set([
  ...['assign', 'defineProperty', 'defineProperties', 'setPrototypeOf', 'set', 'freeze'],
]);
const GLOBAL_OBJECTS = new Set(['globalThis', 'global']);

/**
 * Finds the first place that makes or changes a global variable. In k6 each VU has globals of its own. VUs that share a
 * thread would share them as well.
 */
export function findSharedGlobal(nodes: AnyNode[]): Obstacle | undefined {
  for (const node of nodes) {
    if (node.type !== 'Identifier' || OWN.has(node.name) || !isGlobal(node)) continue;
    const why = GLOBAL_OBJECTS.has(node.name)
      ? whyGlobalObject(node)
      : isChanged(node)
        ? `"${node.name}" is a global variable`
        : whyBuiltIn(node);
    if (why) return { at: node, why: `${why}, and each VU has its own` };
  }
  return undefined;
}

/** `Array.prototype.last = …`, `JSON.parse = …`: what a VU changes in the language, only that VU sees in k6. */
function whyBuiltIn(node: AnyNode & { type: 'Identifier' }): string | undefined {
  let whole: AnyNode = node;
  for (let parent = parentOf(whole); parent; parent = parentOf(whole)) {
    if (parent.type !== 'MemberExpression' || parent.object !== whole) break;
    whole = parent;
    if (isChanged(whole)) return `a member of "${node.name}" is changed`;
  }
  return isHandedToChange(whole) ? `"${node.name}" is changed` : undefined;
}

/** True for the first argument of `Object.assign` and the like, and for a prototype that is kept under another name. */
function isHandedToChange(node: AnyNode): boolean {
  const parent = parentOf(node);
  if (parent?.type === 'CallExpression' && parent.arguments[0] === node) {
    return CHANGING.has(methodOf(parent) ?? '');
  }
  const isPrototype =
    node.type === 'MemberExpression' && nameOfKey(node.property, node.computed) === 'prototype';
  if (!isPrototype) return false;
  return (
    (parent?.type === 'VariableDeclarator' && parent.init === node) ||
    (parent?.type === 'AssignmentExpression' && parent.right === node)
  );
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
