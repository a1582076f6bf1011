import type { CallExpression, Class, NewExpression } from 'acorn';
import { type AnyNode, type FunctionNode, isFunction, nameOfKey, type Syntax } from './syntax.ts';

/** What may stand in a variable, as far as it matters who waits: functions, and what leads to k6's own. */
export type Value = FunctionValue | ClassValue | ObjectValue | ModuleValue | ApiValue | 'response';

interface FunctionValue {
  kind: 'function';
  node: FunctionNode;
  result: Cell;
}
interface ClassValue {
  kind: 'class';
  construct: FunctionNode | undefined;
}
interface ObjectValue {
  kind: 'object';
  members: Map<string, Cell>;
}
interface ModuleValue {
  kind: 'module';
  name: string;
}
/** A member of a k6 module, such as `get` of `k6/http`; those of a response go under `response`. */
export interface ApiValue {
  kind: 'api';
  module: string;
  member: string;
}

type Call = CallExpression | NewExpression;

/** Which functions may come to be called where. */
export interface Flow {
  /** What an expression may be. */
  valuesOf(node: AnyNode): ReadonlySet<Value>;
  /** The tests a `check(…)` is given, and the like: every function among an object's members. */
  functionsIn(node: AnyNode): FunctionNode[];
  /** What files export by name; the engine may call it. */
  readonly exported: ReadonlySet<FunctionNode>;
}

/** Methods of arrays and of selections that call their first argument, and at which parameter it finds an element. */
export const ELEMENT_PARAMETER: Record<string, number> = {
  forEach: 0,
  map: 0,
  filter: 0,
  flatMap: 0,
  some: 0,
  every: 0,
  find: 0,
  findIndex: 0,
  reduce: 1,
  each: 1,
  is: 1,
  not: 1,
};

const STORING = new Set(['push', 'unshift', 'splice', 'fill', 'set', 'add', 'concat', 'with']);
const TAKING = new Set([
  'pop',
  'shift',
  'at',
  'get',
  'find',
  'slice',
  'filter',
  'values',
  'entries',
]);

/**
 * Follows values through variables, parameters, results and properties until nothing new is found (the usual
 * flow-insensitive analysis of call graphs). Properties of one name are taken to be the same on every object, and all
 * elements of arrays to be one: too many callers are found rather than too few, and awaiting too often is harmless.
 */
export function followValues(syntax: Syntax): Flow {
  const cells = new Map<unknown, Cell>();
  const cellOf = (key: unknown): Cell => {
    let cell = cells.get(key);
    if (!cell) {
      cell = new Cell();
      cells.set(key, cell);
    }
    return cell;
  };
  const property = (name: string): Cell => cellOf(`.${name}`);
  const elements = property('[]');
  const functions = new Map<FunctionNode, FunctionValue>();
  const exports = new Cell();

  function functionValue(node: FunctionNode): FunctionValue {
    let value = functions.get(node);
    if (!value) {
      value = { kind: 'function', node, result: new Cell() };
      functions.set(node, value);
    }
    return value;
  }

  /** Hands arguments to a function's parameters; `undefined` stands for one that is not followed. */
  function passArguments(node: FunctionNode, given: (Cell | undefined)[]): void {
    node.params.forEach((param, index) => {
      if (param.type === 'RestElement') {
        for (const cell of given.slice(index)) cell?.flowTo(elements);
        elements.flowTo(cellOf(param.argument));
      } else {
        given[index]?.flowTo(cellOf(param));
      }
    });
  }

  function readMember(from: Cell, name: string | undefined, to: Cell): void {
    from.each((value) => {
      if (value === 'response') {
        if (name !== undefined && FOLLOWING.has(name)) to.add(apiValue('response', name));
      } else if (value.kind === 'module') {
        if (name === 'default') to.add(value);
        // `http[method](…)` sends a request whichever it is.
        else to.add(apiValue(value.name, name ?? 'request'));
      } else if (value.kind === 'object' && name === undefined) {
        for (const cell of value.members.values()) cell.flowTo(to);
      }
    });
    if (name === undefined || /^\d+$/.test(name)) elements.flowTo(to);
    else property(name).flowTo(to);
  }

  const apiValues = new Map<string, ApiValue>();
  function apiValue(module: string, member: string): ApiValue {
    if (member === 'check' && module === 'https://jslib.k6.io/k6-utils')
      return apiValue('k6', member);
    const key = `${module}.${member}`;
    let value = apiValues.get(key);
    if (!value) {
      value = { kind: 'api', module, member };
      apiValues.set(key, value);
    }
    return value;
  }

  const moduleValues = new Map<string, ModuleValue>();
  function moduleValue(name: string): ModuleValue {
    let value = moduleValues.get(name);
    if (!value) {
      value = { kind: 'module', name };
      moduleValues.set(name, value);
    }
    return value;
  }

  /** What an assignment's left side gets. */
  function bind(pattern: AnyNode): void {
    const cell = cellOf(pattern);
    switch (pattern.type) {
      case 'Identifier': {
        const variable = syntax.variableOf(pattern);
        if (variable) cell.flowTo(cellOf(variable));
        return;
      }
      case 'MemberExpression': {
        const name = nameOfKey(pattern.property, pattern.computed);
        cell.flowTo(name === undefined ? elements : property(name));
        return;
      }
      case 'AssignmentPattern':
        cellOf(pattern.right).flowTo(cell);
        cell.flowTo(cellOf(pattern.left));
        bind(pattern.left);
        return;
      case 'ObjectPattern':
        for (const each of pattern.properties) {
          if (each.type === 'RestElement') {
            cell.flowTo(cellOf(each.argument));
            bind(each.argument);
          } else {
            readMember(cell, nameOfKey(each.key, each.computed), cellOf(each.value));
            bind(each.value);
          }
        }
        return;
      case 'ArrayPattern':
        for (const each of pattern.elements) {
          if (!each) continue;
          const target = each.type === 'RestElement' ? each.argument : each;
          elements.flowTo(cellOf(target));
          bind(target);
        }
        return;
    }
  }

  function followClass(node: Class & AnyNode): void {
    let construct: FunctionNode | undefined;
    for (const member of node.body.body) {
      if (member.type === 'MethodDefinition' && member.kind === 'constructor') {
        construct = member.value;
      } else if (member.type === 'MethodDefinition' || member.type === 'PropertyDefinition') {
        const name = nameOfKey(member.key, member.computed);
        if (member.value)
          cellOf(member.value).flowTo(name === undefined ? elements : property(name));
      }
    }
    cellOf(node).add({ kind: 'class', construct });
    const variable = node.id ? syntax.variableOf(node.id) : undefined;
    if (variable) cellOf(node).flowTo(cellOf(variable));
  }

  function followCall(node: Call): void {
    const { callee } = node;
    const result = cellOf(node);
    const given = node.arguments.map((argument) =>
      argument.type === 'SpreadElement' ? elements : cellOf(argument),
    );
    followBundler(node, result);
    if (callee.type === 'MemberExpression') {
      const name = nameOfKey(callee.property, callee.computed) ?? '';
      const object = cellOf(callee.object);
      if (name === 'call') connect(object, given.slice(1), result);
      else if (name === 'apply') connect(object, Array(9).fill(elements), result);
      else if (name === 'bind') object.flowTo(result);
      else followNativeMethod(name, callee.object, given, result);
    }
    connect(cellOf(callee), given, result);
  }

  /** Whatever `callee` turns out to be is given these arguments. */
  function connect(callee: Cell, given: (Cell | undefined)[], result: Cell): void {
    callee.each((value) => {
      if (typeof value === 'string') return;
      if (value.kind === 'function') {
        passArguments(value.node, given);
        value.result.flowTo(result);
      } else if (value.kind === 'class' && value.construct) {
        passArguments(value.construct, given);
      } else if (value.kind === 'api') {
        followApi(value, given, result);
      }
    });
  }

  function followApi(
    { module, member }: ApiValue,
    given: (Cell | undefined)[],
    result: Cell,
  ): void {
    if (module === 'k6/http') {
      if (member === 'batch') elements.add('response');
      else if (REQUESTS.has(member)) result.add('response');
    } else if (module === 'response') {
      result.add('response');
    } else if (module === 'k6' && member === 'group') {
      given[1]?.each((value) => {
        if (typeof value !== 'string' && value.kind === 'function') value.result.flowTo(result);
      });
    } else if (module === 'k6' && member === 'check') {
      given[1]?.each((value) => {
        if (typeof value === 'string' || value.kind !== 'object') return;
        for (const test of value.members.values()) {
          test.each((each) => {
            if (typeof each !== 'string' && each.kind === 'function') {
              passArguments(each.node, [given[0]]);
            }
          });
        }
      });
    }
  }

  function followNativeMethod(
    name: string,
    object: AnyNode,
    given: (Cell | undefined)[],
    result: Cell,
  ): void {
    const parameter = ELEMENT_PARAMETER[name];
    if (parameter !== undefined) {
      given[0]?.each((value) => {
        if (typeof value === 'string' || value.kind !== 'function') return;
        passArguments(value.node, [...Array<undefined>(parameter).fill(undefined), elements]);
        value.result.flowTo(elements);
      });
    }
    if (STORING.has(name)) for (const cell of given) cell?.flowTo(elements);
    if (TAKING.has(name)) elements.flowTo(result);
    if (object.type === 'Identifier' && object.name === 'Object') {
      if (name === 'freeze' || name === 'assign') given[0]?.flowTo(result);
      else if (name === 'values' || name === 'entries') {
        if (given[0]) readMember(given[0], undefined, elements);
      }
    }
    if (name === 'then') cellOf(object).flowTo(result);
  }

  /** What esbuild writes around modules: `__toESM(require("k6/http"))`, `require_file()`, `__export(ns, { name: () => name })`. */
  function followBundler({ callee, arguments: given }: Call, result: Cell): void {
    if (callee.type !== 'Identifier') return;
    const [first, second] = given;
    if (callee.name === 'require' && first?.type === 'Literal') {
      result.add(moduleValue(String(first.value)));
    } else if (callee.name.startsWith('require_')) {
      property('exports').flowTo(result);
    } else if (callee.name === '__toESM' && first) {
      cellOf(first).flowTo(result);
    } else if (callee.name === '__export' && second?.type === 'ObjectExpression') {
      for (const each of second.properties) {
        if (each.type !== 'Property' || each.value.type !== 'ArrowFunctionExpression') continue;
        const name = nameOfKey(each.key, each.computed);
        if (name === undefined) continue;
        cellOf(each.value.body).flowTo(exports);
        // Default exports are used by a name of their own, and `default` is a method of many a library.
        if (name !== 'default') cellOf(each.value.body).flowTo(property(name));
      }
    }
  }

  function follow(node: AnyNode): void {
    const cell = cellOf(node);
    if (isFunction(node)) {
      const value = functionValue(node);
      cell.add(value);
      if (node.id) {
        const variable = syntax.variableOf(node.id);
        if (variable) cell.flowTo(cellOf(variable));
      }
      for (const param of node.params) bind(param);
      if (node.body.type !== 'BlockStatement') cellOf(node.body).flowTo(value.result);
      return;
    }
    switch (node.type) {
      case 'Identifier': {
        // Patterns are bound from outside; a name that is read has what its variable has.
        const variable = isRead(node, syntax) ? syntax.variableOf(node) : undefined;
        if (variable) cellOf(variable).flowTo(cell);
        return;
      }
      case 'MemberExpression':
        readMember(cellOf(node.object), nameOfKey(node.property, node.computed), cell);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        followClass(node);
        return;
      case 'ObjectExpression': {
        if (isExportList(node, syntax)) return;
        const members = new Map<string, Cell>();
        for (const each of node.properties) {
          if (each.type !== 'Property') continue;
          const name = nameOfKey(each.key, each.computed);
          const value = cellOf(each.value);
          members.set(name ?? `[${each.start}]`, value);
          value.flowTo(name === undefined ? elements : property(name));
        }
        cell.add({ kind: 'object', members });
        return;
      }
      case 'ArrayExpression':
        for (const each of node.elements) if (each) cellOf(each).flowTo(elements);
        return;
      case 'VariableDeclarator':
        if (node.init) cellOf(node.init).flowTo(cellOf(node.id));
        bind(node.id);
        return;
      case 'AssignmentExpression':
        cellOf(node.right).flowTo(cellOf(node.left));
        cellOf(node.right).flowTo(cell);
        bind(node.left);
        return;
      case 'ForOfStatement': {
        const target =
          node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
        if (!target) return;
        elements.flowTo(cellOf(target));
        bind(target);
        return;
      }
      case 'ReturnStatement': {
        let host: AnyNode | undefined = node;
        while (host && !isFunction(host)) host = syntax.parentOf(host);
        if (host && node.argument) cellOf(node.argument).flowTo(functionValue(host).result);
        return;
      }
      case 'ConditionalExpression':
        cellOf(node.consequent).flowTo(cell);
        cellOf(node.alternate).flowTo(cell);
        return;
      case 'LogicalExpression':
        cellOf(node.left).flowTo(cell);
        cellOf(node.right).flowTo(cell);
        return;
      case 'SequenceExpression': {
        const last = node.expressions.at(-1);
        if (last) cellOf(last).flowTo(cell);
        return;
      }
      case 'AwaitExpression':
        cellOf(node.argument).flowTo(cell);
        return;
      case 'ChainExpression':
        cellOf(node.expression).flowTo(cell);
        return;
      case 'CallExpression':
      case 'NewExpression':
        followCall(node);
        return;
    }
  }

  for (const node of syntax.nodes) if (!isHelper(node, syntax)) follow(node);

  return {
    valuesOf: (node) => cellOf(node).values,
    exported: new Set(functionsOf(exports.values)),
    functionsIn: (node) =>
      [...cellOf(node).values].flatMap((value) =>
        typeof value !== 'string' && value.kind === 'object'
          ? [...value.members.values()].flatMap((member) => functionsOf(member.values))
          : [],
      ),
  };
}

/** `{ name: () => name }` in `__export(…)`, which followBundler reads. */
function isExportList(node: AnyNode, syntax: Syntax): boolean {
  const call = syntax.parentOf(node);
  return (
    call?.type === 'CallExpression' &&
    call.callee.type === 'Identifier' &&
    call.callee.name === '__export'
  );
}

/** Whether a node belongs to what esbuild puts before a bundle, which would only mix everything up. */
function isHelper(node: AnyNode, syntax: Syntax): boolean {
  let top: AnyNode = node;
  for (let at = syntax.parentOf(node); at && at.type !== 'Program'; at = syntax.parentOf(at)) {
    top = at;
  }
  if (top.type !== 'VariableDeclaration') return false;
  const id = top.declarations[0]?.id;
  return id?.type === 'Identifier' && HELPERS.has(id.name);
}

const HELPERS = new Set([
  '__export',
  '__copyProps',
  '__toESM',
  '__toCommonJS',
  '__commonJS',
  '__esm',
]);

/** Members of `k6/http` that answer with a response. */
const REQUESTS = new Set([
  ...['get', 'head', 'post', 'put', 'patch', 'del', 'options', 'request', 'asyncRequest'],
]);

/** Methods of a response that send the next request. */
export const FOLLOWING = new Set(['clickLink', 'submitForm']);

export function functionsOf(values: ReadonlySet<Value>): FunctionNode[] {
  return [...values].flatMap((value) =>
    typeof value !== 'string' && value.kind === 'function' ? [value.node] : [],
  );
}

function isRead(node: AnyNode, syntax: Syntax): boolean {
  const parent = syntax.parentOf(node);
  if (parent?.type === 'MemberExpression') return parent.object === node || parent.computed;
  if (parent?.type === 'Property') return parent.value === node || parent.computed;
  return true;
}

/** A place that holds values and hands on every one that comes to it, now or later. */
class Cell {
  readonly values = new Set<Value>();
  private readonly targets = new Set<Cell>();
  private readonly watchers: ((value: Value) => void)[] = [];

  add(value: Value): void {
    if (this.values.has(value)) return;
    this.values.add(value);
    for (const target of this.targets) target.add(value);
    for (const watch of [...this.watchers]) watch(value);
  }

  flowTo(target: Cell): void {
    if (target === this || this.targets.has(target)) return;
    this.targets.add(target);
    for (const value of [...this.values]) target.add(value);
  }

  /** Calls `watch` with every value there is and will be. */
  each(watch: (value: Value) => void): void {
    this.watchers.push(watch);
    for (const value of [...this.values]) watch(value);
  }
}
