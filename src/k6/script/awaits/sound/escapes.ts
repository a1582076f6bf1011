import type { MemberExpression } from 'acorn';
import { isExportList } from '../flow/bundler.ts';
import type { Flow } from '../flow/follow-values.ts';
import { functionsOf, isApi } from '../flow/value.ts';
import {
  type AnyNode,
  type Call,
  type FunctionNode,
  forEachChild,
  isFunction,
  nameOfKey,
  parentOf,
} from '../syntax/nodes.ts';
import { methodOf } from '../waits/call-shapes.ts';
import type { Carriers } from './carriers.ts';
import {
  BUILT_IN_FUNCTIONS,
  BUILT_IN_METHODS,
  BUNDLE_FUNCTIONS,
  DEFINING,
  DESCRIBING,
  FOLLOWED_METHODS,
  IMPLICIT_METHODS,
  REFLECTION,
} from './known-names.ts';
import type { Obstacle } from './obstacle.ts';
import { isGlobal } from './together.ts';

/**
 * Finds the first place at which a carrier of waiting goes where it is not followed, or a call that may call one that got
 * lost. The lists of names say what is known; everything else counts as unknown.
 */
export function findEscape(nodes: AnyNode[], flow: Flow, carriers: Carriers): Obstacle | undefined {
  const areValues =
    [...flow.stored()].some(carriers.isOne) ||
    nodes.some((node) => isHandedOver(node) || isReturned(node));
  for (const node of nodes) {
    const why = whyUnknown(node);
    if (why) return { at: node, why };
  }
  return undefined;

  /** True for a function that returns a carrier. */
  function isReturned(node: AnyNode): boolean {
    if (!isFunction(node) || ![...flow.resultOf(node)].some(carriers.isOne)) return false;
    const table = parentOf(parentOf(node) ?? node);
    return table === undefined || !isExportList(table);
  }

  function isHandedOver(node: AnyNode): boolean {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return false;
    const { callee } = node;
    if (callee.type === 'Identifier' && BUNDLE_FUNCTIONS.test(callee.name)) return false;
    // The function of a group is called there and then.
    const isGroup = [...flow.valuesOf(callee)].some(
      (value) => isApi(value) && value.module === 'k6' && value.member === 'group',
    );
    return !isGroup && node.arguments.some(carriers.areIn);
  }

  function whyUnknown(node: AnyNode): string | undefined {
    switch (node.type) {
      case 'Identifier':
        if (!isGlobal(node) || isTypeof(node)) return undefined;
        if (node.name === 'require' && !isCallee(node)) {
          return '"require" is handed on, and what it brings cannot be followed';
        }
        return REFLECTION.has(node.name) ? whyReflection(node) : undefined;
      case 'MemberExpression':
        return whyRead(node);
      case 'ImportExpression':
        return 'import() cannot be followed';
      case 'CallExpression':
        return whyCall(node);
      case 'NewExpression':
        return whyNew(node);
      case 'TaggedTemplateExpression':
        return carriers.areIn(node.tag) || node.quasi.expressions.some(carriers.areIn)
          ? 'the function of a template text cannot be followed'
          : undefined;
      case 'ThrowStatement':
        return carriers.areIn(node.argument)
          ? 'a function that sends requests is thrown'
          : undefined;
      case 'YieldExpression':
        return node.argument && carriers.areIn(node.argument)
          ? 'a function that sends requests is yielded'
          : undefined;
      case 'AssignmentExpression':
        return node.left.type === 'MemberExpression' &&
          nameOfKey(node.left.property, node.left.computed) === undefined &&
          carriers.areIn(node.right)
          ? 'a function that sends requests gets a name that is made while the script runs'
          : undefined;
      case 'Property':
      case 'MethodDefinition':
        return whyMember(node);
      default:
        return undefined;
    }
  }

  function whyReflection({ name }: { name: string }): string | undefined {
    return areValues || name === 'eval' || name === 'Function'
      ? `${name} can reach functions in ways that cannot be followed`
      : undefined;
  }

  /** Built-in functions that define or describe members do it under any name that they are kept under. */
  function whyRead(node: AnyNode & { type: 'MemberExpression' }): string | undefined {
    const name = nameOfKey(node.property, node.computed);
    if (name === undefined || !areValues) return undefined;
    if (DESCRIBING.has(name)) return `${name} reaches functions that cannot be followed`;
    return DEFINING.has(name) && !isCallee(node)
      ? `${name} is handed on, and what it defines cannot be followed`
      : undefined;
  }

  function whyMember(
    node: AnyNode & { type: 'Property' | 'MethodDefinition' },
  ): string | undefined {
    if (!isFunction(node.value as AnyNode)) return undefined;
    const fn = node.value as FunctionNode;
    if (node.kind === 'get' && [...flow.resultOf(fn)].some(carriers.isOne)) {
      return 'a getter returns a function that sends requests';
    }
    if (!carriers.promising.has(fn)) return undefined;
    const name = nameOfKey(node.key, node.computed);
    if (name === undefined) {
      return 'a function that sends requests has a name that is made while the script runs';
    }
    return IMPLICIT_METHODS.has(name) ? `${name}() is called where no call is written` : undefined;
  }

  function whyNew(call: Call): string | undefined {
    const values = [...flow.valuesOf(call.callee)];
    if (functionsOf(new Set(values)).some((fn) => carriers.promising.has(fn))) {
      return '"new" cannot wait, and this constructor sends requests';
    }
    const isFollowed = values.some(
      (value) => typeof value !== 'string' && value.kind === 'class' && value.construct,
    );
    return isFollowed ? undefined : whyGiven(call, 'new');
  }

  function whyCall(call: Call): string | undefined {
    const { callee } = call;
    const method = methodOf(call);
    if (method !== undefined && DEFINING.has(method)) return whyDefined(call);
    const values = flow.valuesOf(callee);
    const called = functionsOf(values);
    if (called.length > 0 && call.arguments.some(carriers.areIn)) {
      const reader = called.find(readsArguments);
      if (reader) return 'the called function reads "arguments", which cannot be followed';
    }
    const isComputed =
      callee.type === 'MemberExpression' && callee.computed && method === undefined;
    if (isComputed && areValues && !isOwnTable(callee.object)) {
      return 'the name of the called function is made while the script runs';
    }
    if (called.length > 0) return undefined;
    if ([...values].some(isApi)) return whyGivenToApi(call);
    if (method !== undefined) {
      if (method === 'call' || method === 'apply') {
        const [self] = call.arguments;
        if (self && carriers.areIn(self)) return `"this" of .${method}() cannot be followed`;
        return whyCalledThrough(callee as MemberExpression);
      }
      if (FOLLOWED_METHODS.has(method)) return whyGivenTo(call, method);
      const isKnown =
        BUILT_IN_METHODS.has(method) || isBuiltInObject(callee) || isMemberOfK6(callee);
      if (!isKnown && areValues && values.size === 0) {
        return whyGiven(call, `.${method}()`) ?? `it cannot be told which function .${method}() is`;
      }
      return whyGiven(call, `.${method}()`);
    }
    if (callee.type === 'Identifier') {
      if (BUNDLE_FUNCTIONS.test(callee.name) || REFLECTION.has(callee.name)) return undefined;
      if (callee.name === 'require' && isGlobal(callee)) {
        return call.arguments[0]?.type === 'Literal'
          ? undefined
          : 'the name of the required module is made while the script runs';
      }
      if (isGlobal(callee) && BUILT_IN_FUNCTIONS.has(callee.name)) {
        return whyGiven(call, `${callee.name}()`);
      }
    }
    if (callee.type === 'Super') return whyGiven(call, 'super()');
    if (isFunction(callee) || !areValues) return undefined;
    return 'it cannot be told which function is called';
  }

  /** `fn.call()` calls whatever `fn` is; methods of the language are fetched so as well (`[].slice.call(list)`). */
  function whyCalledThrough({ object }: MemberExpression): string | undefined {
    const values = [...flow.valuesOf(object)];
    // Their callback stands at another place then.
    if (values.some((value) => isApi(value) && ['group', 'check'].includes(value.member))) {
      return 'a group or check that is called by .call() or .apply() cannot be followed';
    }
    if (!areValues || isFunction(object) || values.length > 0) return undefined;
    const name =
      object.type === 'MemberExpression' ? nameOfKey(object.property, object.computed) : undefined;
    const isKnown =
      (name !== undefined && BUILT_IN_METHODS.has(name)) ||
      isBuiltInObject(object) ||
      (object.type === 'Identifier' && isGlobal(object) && BUILT_IN_FUNCTIONS.has(object.name));
    return isKnown ? undefined : 'it cannot be told which function is called';
  }

  /** Built-in methods that call back do so with one argument. */
  function whyGivenTo(call: Call, method: string): string | undefined {
    const callback = method === 'from' ? 1 : 0;
    const followed = ['forEach', 'map', 'filter', 'flatMap', 'some', 'every', 'find', 'findIndex'];
    const isCalling = [...followed, 'reduce', 'each', 'is', 'not', 'from'].includes(method);
    const unknown = call.arguments.some(
      (each, index) => isCalling && index !== callback && carriers.areIn(each),
    );
    return unknown ? `.${method}() is given a function that sends requests` : undefined;
  }

  function whyGivenToApi(call: Call): string | undefined {
    for (const value of flow.valuesOf(call.callee)) {
      if (!isApi(value)) continue;
      if (value.module === 'k6' && (value.member === 'group' || value.member === 'check')) continue;
      // Its function runs in init code, where nothing may be sent.
      if (value.member === 'SharedArray') continue;
      if (value.module.startsWith('https://') && value.member === 'check') continue;
      const why = whyGiven(call, `${value.member}()`);
      if (why) return why;
    }
    return undefined;
  }

  function whyGiven(call: Call, to: string): string | undefined {
    return call.arguments.some(carriers.areIn)
      ? `a function that sends requests is handed to ${to}, which cannot be followed`
      : undefined;
  }

  function whyDefined(call: Call): string | undefined {
    const hasFunction = call.arguments.some((each) => containsFunction(each, flow));
    return hasFunction ? `${methodOf(call)}() makes a member that cannot be followed` : undefined;
  }

  /** True for a member, however deep, of a module of k6 or of the global `crypto`: `exec.test.abort`, `crypto.subtle.sign`. */
  function isMemberOfK6(node: AnyNode): boolean {
    if (node.type !== 'MemberExpression' || node.computed) return false;
    const { object } = node;
    const values = [...flow.valuesOf(object)];
    if (values.length === 0) return isBuiltInObject(object) || isMemberOfK6(object);
    return values.every(
      (value) => typeof value !== 'string' && (value.kind === 'module' || value.kind === 'api'),
    );
  }

  /** True if an expression is an object that is written in the script with all its functions, or a module of k6. */
  function isOwnTable(node: AnyNode): boolean {
    const values = [...flow.valuesOf(node)];
    return (
      values.length > 0 &&
      values.every(
        (value) =>
          typeof value !== 'string' && (value.kind === 'object' || value.kind === 'module'),
      )
    );
  }
}

/** True for a member of an object that JavaScript has: `Promise.all`, `Math.cbrt`. */
const isBuiltInObject = (callee: AnyNode): boolean =>
  callee.type === 'MemberExpression' &&
  isGlobal(callee.object) &&
  callee.object.type === 'Identifier' &&
  (BUILT_IN_FUNCTIONS.has(callee.object.name) ||
    ['Promise', 'Math', 'JSON', 'Intl', 'console', 'crypto'].includes(callee.object.name));

function isCallee(node: AnyNode): boolean {
  const parent = parentOf(node);
  return parent?.type === 'CallExpression' && parent.callee === node;
}

/** `typeof globalThis` asks only if there is one. */
function isTypeof(node: AnyNode): boolean {
  const parent = parentOf(node);
  return parent?.type === 'UnaryExpression' && parent.operator === 'typeof';
}

function containsFunction(node: AnyNode, flow: Flow): boolean {
  if (isFunction(node) || functionsOf(flow.valuesOf(node)).length > 0) return true;
  let found = false;
  if (node.type === 'ObjectExpression' || node.type === 'Property') {
    forEachChild(node, (child) => {
      found ||= containsFunction(child, flow);
    });
  }
  return found;
}

const readers = new WeakMap<FunctionNode, boolean>();

/** True if a function reads its arguments in another way than by its parameters. */
function readsArguments(fn: FunctionNode): boolean {
  let reads = readers.get(fn);
  if (reads === undefined) {
    reads = mentionsArguments(fn.body);
    readers.set(fn, reads);
  }
  return reads;
}

function mentionsArguments(node: AnyNode): boolean {
  if (node.type === 'Identifier') return node.name === 'arguments';
  if (node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression') return false;
  let found = false;
  forEachChild(node, (child) => {
    found ||= mentionsArguments(child);
  });
  return found;
}
