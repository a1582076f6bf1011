import { type AnyNode, type Call, nameOfKey, parentOf } from '../syntax/nodes.ts';

/** `name` of a call of the shape `object.name(…)`. */
export function methodOf(call: Call): string | undefined {
  if (call.callee.type !== 'MemberExpression') return undefined;
  return nameOfKey(call.callee.property, call.callee.computed);
}

/** A call together with the `?.` around it; nothing may be inserted between them. */
export function wholeOf(call: Call): AnyNode {
  const parent = parentOf(call);
  return parent?.type === 'ChainExpression' ? parent : call;
}

/**
 * True if the script itself waits for the promise of a call: `await`, `Promise.all([…])`, `.then(…)`.
 *
 * @param isInTurn whether a built-in method calls back in turn: it answers with no promise that `await` could wait for
 */
export function isTakenAsPromise(call: Call, isInTurn: boolean): boolean {
  const node = wholeOf(call);
  const parent = parentOf(node);
  if (parent?.type === 'AwaitExpression') return !isInTurn;
  if (parent?.type === 'MemberExpression' && parent.object === node) {
    return ['then', 'catch', 'finally'].includes(nameOfKey(parent.property, parent.computed) ?? '');
  }
  const list = parent?.type === 'ArrayExpression' ? parentOf(parent) : undefined;
  return (
    list?.type === 'CallExpression' &&
    list.callee.type === 'MemberExpression' &&
    list.callee.object.type === 'Identifier' &&
    list.callee.object.name === 'Promise'
  );
}
