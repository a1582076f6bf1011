import type { Identifier, Pattern } from 'acorn';
import { type AnyNode, isFunction, parentOf } from './nodes.ts';

/** A variable of the text. Variables of the same name in different scopes are different objects. */
export interface Variable {
  name: string;
}

/** The variables that a node's scope declares, stored in the node itself. */
const SCOPE = Symbol('scope');
type Scope = Map<string, Variable>;

/** The variable that a name means; undefined for globals. */
export function variableOf(identifier: Identifier): Variable | undefined {
  for (let at: AnyNode | undefined = identifier; at; at = parentOf(at)) {
    const variable = scopeOf(at)?.get(identifier.name);
    if (variable) return variable;
  }
  return undefined;
}

/** Adds the variables that a node declares to the scopes that they belong to. */
export function declareVariables(node: AnyNode): void {
  switch (node.type) {
    case 'VariableDeclaration': {
      const isScope = node.kind === 'var' ? isFunctionScope : isBlockScope;
      for (const { id } of node.declarations) {
        for (const name of namesIn(id)) declareAround(node, name, isScope);
      }
      return;
    }
    case 'ClassDeclaration':
      if (node.id) declareAround(node, node.id.name, isBlockScope);
      return;
    case 'FunctionDeclaration':
      if (node.id) declareAround(node, node.id.name, isBlockScope);
      break;
    case 'CatchClause':
      if (node.param) for (const name of namesIn(node.param)) declare(node, name);
      return;
    // The name of a function or class expression is known inside the expression alone.
    case 'FunctionExpression':
    case 'ClassExpression':
      if (node.id) declare(node, node.id.name);
      break;
  }
  if (isFunction(node)) {
    for (const param of node.params) for (const name of namesIn(param)) declare(node, name);
  }
}

function declareAround(node: AnyNode, name: string, isScope: (at: AnyNode) => boolean): void {
  let scope = parentOf(node) ?? node;
  while (!isScope(scope)) scope = parentOf(scope) ?? scope;
  declare(scope, name);
}

function declare(scope: AnyNode, name: string): void {
  const holder = scope as { [SCOPE]?: Scope };
  holder[SCOPE] ??= new Map();
  if (!holder[SCOPE].has(name)) holder[SCOPE].set(name, { name });
}

function scopeOf(node: AnyNode): Scope | undefined {
  return (node as { [SCOPE]?: Scope })[SCOPE];
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

/** The names that a pattern declares. */
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
