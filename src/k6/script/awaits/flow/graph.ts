import { type AnyNode, type FunctionNode, parentOf } from '../syntax/nodes.ts';
import { type Variable, variableOf } from '../syntax/variables.ts';
import { Cell, settle } from './cell.ts';
import type { ApiValue, FunctionValue, ModuleValue, Value, Values } from './value.ts';

/** The cells of one program, and the one object that stands for each function, module and member of a module. */
export interface FlowGraph {
  /** The values that an expression has, or that a pattern is given. */
  cellOf(node: AnyNode): Values;
  variable(variable: Variable): Values;
  /** The values of all properties of one name, on any object. */
  property(name: string): Values;
  /** The cells of all properties, elements among them. */
  properties(): Iterable<Values>;
  /** The elements of all arrays, and the values of properties whose name is not known. */
  readonly elements: Values;
  /** The values that files export by name. */
  readonly exports: Values;
  functionValue(node: FunctionNode): FunctionValue;
  moduleValue(name: string): ModuleValue;
  apiValue(module: string, member: string): ApiValue;
  /** Hands on values until nothing new is found. */
  settle(): void;
}

/** The cell of a node, stored in the node itself. */
const CELL = Symbol('cell');

export function createGraph(): FlowGraph {
  const queue: Values[] = [];
  const createCell = (): Values => new Cell<Value>(queue);
  const variables = createTable((_: Variable) => createCell());
  const properties = createTable((_: string) => createCell());

  function cellOf(node: AnyNode): Values {
    const holder = node as { [CELL]?: Values };
    holder[CELL] ??= cellSharedWith(node) ?? createCell();
    return holder[CELL];
  }

  /** The cell of the one expression or variable whose values a node has. */
  function cellSharedWith(node: AnyNode): Values | undefined {
    switch (node.type) {
      case 'Identifier': {
        const variable = isRead(node) ? variableOf(node) : undefined;
        return variable && variables(variable);
      }
      case 'AssignmentExpression':
        return cellOf(node.right);
      case 'AwaitExpression':
        return cellOf(node.argument);
      case 'ChainExpression':
        return cellOf(node.expression);
      case 'SequenceExpression':
        return cellOf(node.expressions.at(-1) as AnyNode);
    }
    return undefined;
  }

  return {
    cellOf,
    variable: variables,
    property: properties,
    properties: () => properties.entries(),
    elements: properties('[]'),
    exports: createCell(),
    functionValue: createTable((node) => ({ kind: 'function', node, result: createCell() })),
    moduleValue: createTable((name) => ({ kind: 'module', name })),
    apiValue: createApiTable(),
    settle: () => settle(queue),
  };
}

/** Makes each entry when it is first asked for. */
function createTable<Key, Entry>(
  create: (key: Key) => Entry,
): ((key: Key) => Entry) & { entries(): Iterable<Entry> } {
  const entries = new Map<Key, Entry>();
  const entryOf = (key: Key): Entry => {
    let entry = entries.get(key);
    if (entry === undefined) {
      entry = create(key);
      entries.set(key, entry);
    }
    return entry;
  };
  return Object.assign(entryOf, { entries: () => entries.values() });
}

function createApiTable(): FlowGraph['apiValue'] {
  const modules = createTable((module: string) =>
    createTable((member: string): ApiValue => ({ kind: 'api', module, member })),
  );
  return (module, member) =>
    member === 'check' && module === 'https://jslib.k6.io/k6-utils'
      ? modules('k6')(member)
      : modules(module)(member);
}

/** True if a name stands for a variable, and not for a property. */
function isRead(node: AnyNode): boolean {
  const parent = parentOf(node);
  if (parent?.type === 'MemberExpression') return parent.object === node || parent.computed;
  if (parent?.type === 'Property') return parent.value === node || parent.computed;
  return true;
}
