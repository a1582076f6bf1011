import {
  type AnyNode,
  type ArrowFunctionExpression,
  type FunctionDeclaration,
  type FunctionExpression,
  type Identifier,
  type Pattern,
  parse,
} from 'acorn';

export type { AnyNode } from 'acorn';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/** A parsed text, with what a tree alone does not tell: who stands in whom, and which variable a name means. */
export interface Syntax {
  /** Every node, outer ones first. */
  nodes: AnyNode[];
  parentOf(node: AnyNode): AnyNode | undefined;
  /** The variable a name means, as an object of its own; undefined for globals. */
  variableOf(identifier: Identifier): object | undefined;
}

/** Statements of the text's outermost level that `isLeftOut` are not looked into; what they declare counts as global. */
export function parseSyntax(
  code: string,
  isLeftOut: (offset: number) => boolean,
  sourceType: 'script' | 'module' = 'script',
): Syntax {
  const program = parse(code, {
    ecmaVersion: 'latest',
    sourceType,
    // A CommonJS file is the body of a function.
    allowReturnOutsideFunction: true,
  });
  const nodes: AnyNode[] = [];
  const parents = new Map<AnyNode, AnyNode>();
  const scopes = new Map<AnyNode, Map<string, object>>();

  (function visit(node: AnyNode): void {
    nodes.push(node);
    for (const child of childrenOf(node)) {
      if (node === program && isLeftOut(child.start)) continue;
      parents.set(child, node);
      visit(child);
    }
  })(program);

  const parentOf = (node: AnyNode): AnyNode | undefined => parents.get(node);

  function declare(name: string, at: AnyNode, isScope: (node: AnyNode) => boolean): void {
    let scope: AnyNode = at;
    while (!isScope(scope)) scope = parentOf(scope) ?? program;
    let names = scopes.get(scope);
    if (!names) {
      names = new Map();
      scopes.set(scope, names);
    }
    if (!names.has(name)) names.set(name, {});
  }

  for (const node of nodes) {
    const outside = parentOf(node) ?? node;
    if (node.type === 'VariableDeclaration') {
      const isScope = node.kind === 'var' ? isFunctionScope : isBlockScope;
      for (const { id } of node.declarations) {
        for (const name of namesIn(id)) declare(name, outside, isScope);
      }
    } else if (node.type === 'ClassDeclaration' || node.type === 'FunctionDeclaration') {
      if (node.id) declare(node.id.name, outside, isBlockScope);
    } else if (node.type === 'CatchClause' && node.param) {
      for (const name of namesIn(node.param)) declare(name, node, isBlockScope);
    }
    if (isFunction(node)) {
      for (const param of node.params) {
        for (const name of namesIn(param)) declare(name, node, isFunctionScope);
      }
    }
    // The name of an expression is known inside it alone.
    if ((node.type === 'FunctionExpression' || node.type === 'ClassExpression') && node.id) {
      declare(node.id.name, node, (scope) => scope === node);
    }
  }

  return {
    nodes,
    parentOf,
    variableOf(identifier) {
      for (let at: AnyNode | undefined = identifier; at; at = parentOf(at)) {
        const variable = scopes.get(at)?.get(identifier.name);
        if (variable) return variable;
      }
      return undefined;
    },
  };
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flatMap((value: unknown) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : [],
  );
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

function isFunctionScope(node: AnyNode): boolean {
  return isFunction(node) || node.type === 'Program' || node.type === 'StaticBlock';
}

function isBlockScope(node: AnyNode): boolean {
  return (
    isFunctionScope(node) ||
    node.type === 'BlockStatement' ||
    node.type === 'CatchClause' ||
    node.type === 'ForStatement' ||
    node.type === 'ForInStatement' ||
    node.type === 'ForOfStatement' ||
    node.type === 'SwitchStatement'
  );
}

/** The names a pattern binds. */
function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) =>
        namesIn(property.type === 'RestElement' ? property.argument : property.value),
      );
    case 'ArrayPattern':
      return pattern.elements.flatMap((element) => (element ? namesIn(element) : []));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

/** The name a property goes by, where it is written down: `a.b`, `a['b']`, `{ b: 1 }`. */
export function nameOfKey(key: AnyNode, computed: boolean): string | undefined {
  if (!computed && key.type === 'Identifier') return key.name;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (key.type === 'Literal') return String(key.value);
  return undefined;
}
