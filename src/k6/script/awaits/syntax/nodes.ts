import type {
  AnyNode,
  ArrowFunctionExpression,
  CallExpression,
  FunctionDeclaration,
  FunctionExpression,
  NewExpression,
} from 'acorn';

export type { AnyNode } from 'acorn';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

export type Call = CallExpression | NewExpression;

/** The node around a node, stored in the node itself, which is faster than a Map of all nodes. */
const PARENT = Symbol('parent');

export function parentOf(node: AnyNode): AnyNode | undefined {
  return (node as { [PARENT]?: AnyNode })[PARENT];
}

export function setParent(node: AnyNode, parent: AnyNode): void {
  (node as { [PARENT]?: AnyNode })[PARENT] = parent;
}

/** Calls `visit` with the nodes directly inside a node, in the order of the text. */
export function forEachChild(node: AnyNode, visit: (child: AnyNode) => void): void {
  for (const key in node) {
    const value = (node as unknown as Record<string, unknown>)[key];
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) visit(each);
    } else if (isNode(value)) visit(value);
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof (value as AnyNode | null)?.type === 'string';
}

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}

/** True if a node is an argument of a call of the function of that name. */
export function isArgumentOf(node: AnyNode, name: string): boolean {
  const call = parentOf(node);
  return (
    call?.type === 'CallExpression' &&
    call.callee.type === 'Identifier' &&
    call.callee.name === name
  );
}

/** The innermost function around a node; undefined for code outside of functions. */
export function functionAround(node: AnyNode): FunctionNode | undefined {
  let at = parentOf(node);
  while (at && !isFunction(at)) at = parentOf(at);
  return at;
}

/** The name of a property, if it is written in the text: `a.b`, `a['b']`, `{ b: 1 }`. */
export function nameOfKey(key: AnyNode, computed: boolean): string | undefined {
  if (!computed && key.type === 'Identifier') return key.name;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (key.type === 'Literal') return String(key.value);
  return undefined;
}
