import type { FunctionNode } from '../syntax/nodes.ts';
import type { Cell } from './cell.ts';

/** A thing that a variable may hold, as far as it matters for waiting: functions, and the ways to those of k6. */
export type Value = FunctionValue | ClassValue | ObjectValue | ModuleValue | ApiValue | 'response';

/** The values that one expression, variable or property may have. */
export type Values = Cell<Value>;

export interface FunctionValue {
  kind: 'function';
  node: FunctionNode;
  result: Values;
}
export interface ClassValue {
  kind: 'class';
  construct: FunctionNode | undefined;
}
export interface ObjectValue {
  kind: 'object';
  members: Map<string, Values>;
}
export interface ModuleValue {
  kind: 'module';
  name: string;
}
/** A member of a k6 module, such as `get` of `k6/http`; those of a response have `response` as their module. */
export interface ApiValue {
  kind: 'api';
  module: string;
  member: string;
}

export function isApi(value: Value): value is ApiValue {
  return typeof value !== 'string' && value.kind === 'api';
}

export function functionsOf(values: ReadonlySet<Value>): FunctionNode[] {
  const functions: FunctionNode[] = [];
  for (const value of values) {
    if (typeof value !== 'string' && value.kind === 'function') functions.push(value.node);
  }
  return functions;
}

export function hasFunction(values: ReadonlySet<Value>): boolean {
  for (const value of values) {
    if (typeof value !== 'string' && value.kind === 'function') return true;
  }
  return false;
}
