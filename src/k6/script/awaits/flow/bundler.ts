import { type AnyNode, type Call, isFunction, nameOfKey, parentOf } from '../syntax/nodes.ts';

import type { FlowGraph } from './graph.ts';
import type { Values } from './value.ts';

/** Functions that esbuild puts at the start of a bundle. */
const HELPERS = new Set([
  ...['__export', '__copyProps', '__toESM', '__toCommonJS', '__commonJS', '__esm'],
  // The helpers' names for functions of Object. A name of the script that is the same gets a number from esbuild.
  ...['__create', '__defProp', '__getOwnPropDesc', '__getOwnPropNames', '__getProtoOf'],
  '__hasOwnProp',
]);

/** True if a statement declares one of esbuild's helpers; to follow values into them would mix up all modules. */
export function isBundlerHelper(statement: AnyNode): boolean {
  if (statement.type !== 'VariableDeclaration') return false;
  const id = statement.declarations[0]?.id;
  return id?.type === 'Identifier' && HELPERS.has(id.name);
}

/** True if a node is `{ name: () => name }` in `__export(…)`, which `followBundlerCall` reads. */
export function isExportList(node: AnyNode): boolean {
  const call = parentOf(node);
  return call?.type === 'CallExpression' && isCallOf(call, '__export');
}

/** True if a function is the one that esbuild puts around a CommonJS file; its body is init code. */
export function isModuleWrapper(node: AnyNode): boolean {
  if (!isFunction(node)) return false;
  const member = parentOf(node);
  const object = member?.type === 'Property' ? parentOf(member) : undefined;
  const call = object && parentOf(object);
  return (
    call?.type === 'CallExpression' && (isCallOf(call, '__commonJS') || isCallOf(call, '__esm'))
  );
}

/**
 * Follows the calls that esbuild writes around modules: `__toESM(require("k6/http"))`, `require_file()`,
 * `__export(ns, { name: () => name })`.
 */
export function followBundlerCall(graph: FlowGraph, call: Call, result: Values): void {
  if (call.callee.type !== 'Identifier') return;
  const { name } = call.callee;
  const [first, second] = call.arguments;
  if (name === 'require' && first?.type === 'Literal') {
    result.add(graph.moduleValue(String(first.value)));
  } else if (name.startsWith('require_')) {
    graph.property('exports').flowTo(result);
  } else if (name === '__toESM' && first) {
    graph.cellOf(first).flowTo(result);
  } else if (name === '__export' && second?.type === 'ObjectExpression') {
    for (const each of second.properties) followExport(graph, each);
  }
}

function followExport({ cellOf, property, exports }: FlowGraph, member: AnyNode): void {
  if (member.type !== 'Property' || member.value.type !== 'ArrowFunctionExpression') return;
  const name = nameOfKey(member.key, member.computed);
  if (name === undefined) return;
  const exported = cellOf(member.value.body);
  exported.flowTo(exports);
  // Imports of a default export have names of their own, and many libraries have a method `default`.
  if (name !== 'default') exported.flowTo(property(name));
}

function isCallOf(call: Call, name: string): boolean {
  return call.callee.type === 'Identifier' && call.callee.name === name;
}
