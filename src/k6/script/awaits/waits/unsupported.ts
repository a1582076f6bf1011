import type { Flow } from '../flow/follow-values.ts';
import { hasFunction } from '../flow/value.ts';
import { type AnyNode, nameOfKey } from '../syntax/nodes.ts';

/** A place where a script uses a member that a module does not have. */
export interface Unsupported {
  at: AnyNode;
  message: string;
}

/**
 * Finds the uses of members that k6's modules do not have here.
 *
 * @param supported the members of each module; a module that is not in it is not checked
 */
export function findUnsupported(
  nodes: AnyNode[],
  flow: Flow,
  supported: Record<string, ReadonlySet<string>>,
): Unsupported[] {
  return nodes.flatMap((node) => {
    if (node.type === 'MemberExpression') {
      const name = nameOfKey(node.property, node.computed);
      return unsupportedRead(node, node.object, name, node.property);
    }
    if (node.type !== 'ObjectPattern') return [];
    return node.properties.flatMap((each) =>
      each.type === 'Property'
        ? unsupportedRead(node, node, nameOfKey(each.key, each.computed), each)
        : [],
    );
  });

  function unsupportedRead(
    node: AnyNode,
    from: AnyNode,
    name: string | undefined,
    at: AnyNode,
  ): Unsupported[] {
    // The names that bundlers add begin with underscores.
    if (name === undefined || name === 'default' || name.startsWith('__')) return [];
    for (const value of flow.valuesOf(from)) {
      if (typeof value === 'string' || value.kind !== 'module') continue;
      const members = supported[value.name];
      if (!members || members.has(name)) continue;
      // A function of the script may have that name: then the script's own is meant.
      if (hasFunction(flow.valuesOf(node))) return [];
      const known = [...members].sort().join(', ');
      const message = `"${name}" of ${value.name} is not supported (supported: ${known})`;
      return [{ at, message }];
    }
    return [];
  }
}
