import type { Class, ObjectExpression } from 'acorn';
import {
  type AnyNode,
  type FunctionNode,
  functionAround,
  isFunction,
  nameOfKey,
} from '../syntax/nodes.ts';
import { bind, bindElement, readMember } from './bindings.ts';
import { isExportList } from './bundler.ts';
import { followCall } from './calls.ts';
import { createGraph, type FlowGraph } from './graph.ts';
import { functionsOf, type Value, type Values } from './value.ts';

/** The functions that each call of a program may call. */
export interface Flow {
  /** The values that an expression may have. */
  valuesOf(node: AnyNode): ReadonlySet<Value>;
  /** Every function among the members of the objects that an expression may be, such as the tests of a `check(…)`. */
  functionsIn(node: AnyNode): FunctionNode[];
  /** The values that a function may return. */
  resultOf(fn: FunctionNode): ReadonlySet<Value>;
  /** Every value that is in a property or in an array. */
  stored(): Iterable<Value>;
  /** Functions that files export by name; the engine may call them. */
  readonly exported: ReadonlySet<FunctionNode>;
}

/**
 * Follows values through variables, parameters, results and properties until nothing new is found (the usual
 * flow-insensitive analysis of call graphs). Properties of one name are taken to be the same on every object, and all
 * elements of arrays to be one: too many callers are found rather than too few, and awaiting too often is harmless.
 */
export function followValues(nodes: AnyNode[]): Flow {
  const graph = createGraph();
  for (const node of nodes) follow(graph, node);
  graph.settle();
  const valuesOf = (node: AnyNode): ReadonlySet<Value> => graph.cellOf(node).values;

  return {
    valuesOf,
    resultOf: (fn) => graph.functionValue(fn).result.values,
    *stored() {
      for (const cell of graph.properties()) yield* cell.values;
    },
    exported: new Set(functionsOf(graph.exports.values)),
    functionsIn: (node) =>
      [...valuesOf(node)].flatMap((value) =>
        typeof value !== 'string' && value.kind === 'object'
          ? [...value.members.values()].flatMap((member) => functionsOf(member.values))
          : [],
      ),
  };
}

/** Adds the ways that values take through one node. */
function follow(graph: FlowGraph, node: AnyNode): void {
  const { cellOf, elements } = graph;
  if (isFunction(node)) {
    followFunction(graph, node);
    return;
  }
  switch (node.type) {
    case 'ClassDeclaration':
    case 'ClassExpression':
      followClass(graph, node);
      return;
    case 'ObjectExpression':
      followObject(graph, node);
      return;
    case 'CallExpression':
    case 'NewExpression':
      followCall(graph, node);
      return;
    case 'MemberExpression':
      readMember(graph, cellOf(node.object), nameOfKey(node.property, node.computed), cellOf(node));
      return;
    case 'ArrayExpression':
      for (const each of node.elements) if (each) cellOf(each).flowTo(elements);
      return;
    case 'VariableDeclarator':
      if (node.init) cellOf(node.init).flowTo(cellOf(node.id));
      bind(graph, node.id);
      return;
    case 'AssignmentExpression':
      cellOf(node.right).flowTo(cellOf(node.left));
      bind(graph, node.left);
      return;
    case 'ForOfStatement': {
      const target =
        node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
      if (target) bindElement(graph, target);
      return;
    }
    case 'ReturnStatement': {
      const host = functionAround(node);
      if (host && node.argument) cellOf(node.argument).flowTo(graph.functionValue(host).result);
      return;
    }
    case 'ConditionalExpression':
      cellOf(node.consequent).flowTo(cellOf(node));
      cellOf(node.alternate).flowTo(cellOf(node));
      return;
    case 'LogicalExpression':
      cellOf(node.left).flowTo(cellOf(node));
      cellOf(node.right).flowTo(cellOf(node));
      return;
  }
}

function followFunction(graph: FlowGraph, node: FunctionNode): void {
  const { cellOf } = graph;
  const value = graph.functionValue(node);
  cellOf(node).add(value);
  if (node.id) cellOf(node).flowTo(cellOf(node.id));
  for (const param of node.params) bind(graph, param);
  if (node.body.type !== 'BlockStatement') cellOf(node.body).flowTo(value.result);
}

function followClass(graph: FlowGraph, node: Class & AnyNode): void {
  const { cellOf } = graph;
  let construct: FunctionNode | undefined;
  for (const member of node.body.body) {
    if (member.type === 'MethodDefinition' && member.kind === 'constructor') {
      construct = member.value;
    } else if (member.type === 'MethodDefinition' || member.type === 'PropertyDefinition') {
      if (member.value) cellOf(member.value).flowTo(memberNamed(graph, member));
    }
  }
  cellOf(node).add({ kind: 'class', construct });
  if (node.id) cellOf(node).flowTo(cellOf(node.id));
}

function followObject(graph: FlowGraph, node: ObjectExpression): void {
  const { cellOf } = graph;
  if (isExportList(node)) return;
  const members = new Map<string, Values>();
  for (const each of node.properties) {
    if (each.type !== 'Property') continue;
    const value = cellOf(each.value);
    members.set(nameOfKey(each.key, each.computed) ?? `[${each.start}]`, value);
    value.flowTo(memberNamed(graph, each));
  }
  cellOf(node).add({ kind: 'object', members });
}

/** The cell of a member as it is declared; one whose name is computed counts as an element. */
function memberNamed(
  { property, elements }: FlowGraph,
  { key, computed }: { key: AnyNode; computed: boolean },
): Values {
  const name = nameOfKey(key, computed);
  return name === undefined ? elements : property(name);
}
