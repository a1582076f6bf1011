import type { Flow } from '../flow/follow-values.ts';
import { hasFunction } from '../flow/value.ts';
import { type AnyNode, nameOfKey, parentOf } from '../syntax/nodes.ts';
import { type Variable, variableOf } from '../syntax/variables.ts';

/** A place where a script uses a member that a module does not have. */
export interface Unsupported {
  at: AnyNode;
  message: string;
}

/**
 * Finds the uses of members that k6's modules do not have here, where it is certain that a module is meant: its import is
 * read. Any other value may be something else when the script runs, which then finds the member or does not.
 *
 * @param supported the members of each module; a module that is not in it is not checked
 */
export function findUnsupported(
  nodes: AnyNode[],
  flow: Flow,
  supported: Record<string, ReadonlySet<string>>,
): Unsupported[] {
  const imports = findImports(nodes);
  const atRunTime = new Set<string>(
    nodes.flatMap((node) =>
      node.type === 'MemberExpression' && !isCalled(node) && isImport(node.object)
        ? (nameOfKey(node.property, node.computed) ?? [])
        : [],
    ),
  );

  return nodes.flatMap((node) => {
    if (node.type === 'MemberExpression') {
      if (!isImport(node.object)) return [];
      const name = nameOfKey(node.property, node.computed);
      // The script sets the member itself, or looks if it is there.
      if (name !== undefined && atRunTime.has(name)) return [];
      return unsupportedRead(node, node.object, name, node.property);
    }
    if (node.type !== 'ObjectPattern') return [];
    const declared = parentOf(node);
    if (declared?.type !== 'VariableDeclarator' || !declared.init) return [];
    if (!isImport(declared.init)) return [];
    return node.properties.flatMap((each) =>
      each.type === 'Property'
        ? unsupportedRead(node, node, nameOfKey(each.key, each.computed), each)
        : [],
    );
  });

  function isImport(node: AnyNode): boolean {
    if (node.type === 'Identifier') {
      const variable = variableOf(node);
      return variable !== undefined && imports.has(variable);
    }
    const isDefault =
      node.type === 'MemberExpression' && nameOfKey(node.property, node.computed) === 'default';
    return isDefault ? isImport(node.object) : isRequire(node);
  }

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

/** True for `http.get(…)` and `new http.CookieJar()`: whoever writes that expects the member to be there. */
function isCalled(node: AnyNode): boolean {
  const parent = parentOf(node);
  const isSequence = parent?.type === 'SequenceExpression';
  const call = isSequence ? parentOf(parent) : parent;
  const callee = isSequence ? parent : node;
  return (
    (call?.type === 'CallExpression' || call?.type === 'NewExpression') && call.callee === callee
  );
}

/** The variables that hold an import and nothing else. */
function findImports(nodes: AnyNode[]): Set<Variable> {
  const found = new Set<Variable>();
  const others = new Set<Variable>();
  for (const node of nodes) {
    if (node.type === 'VariableDeclarator' && node.id.type === 'Identifier') {
      const variable = variableOf(node.id);
      if (variable && node.init) (isRequire(node.init) ? found : others).add(variable);
    } else if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier') {
      const variable = variableOf(node.left);
      if (variable) others.add(variable);
    }
  }
  for (const variable of others) found.delete(variable);
  return found;
}

function isRequire(node: AnyNode): boolean {
  if (node.type !== 'CallExpression' || node.callee.type !== 'Identifier') return false;
  if (node.callee.name === 'require') return node.arguments[0]?.type === 'Literal';
  const [first] = node.arguments;
  return node.callee.name === '__toESM' && first !== undefined && isRequire(first);
}
