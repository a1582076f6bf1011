import type { CallExpression, NewExpression } from 'acorn';
import { applyEdits, type Edit, type Edited } from './edits.ts';
import { ELEMENT_PARAMETER, FOLLOWING, followValues, functionsOf, type Value } from './flow.ts';
import { type AnyNode, type FunctionNode, isFunction, nameOfKey, parseSyntax } from './syntax.ts';
import { INIT_AWAIT } from './top-level.ts';

/** Something that cannot work, seen before anything runs; line and column of the text from 1. */
export interface Problem {
  line: number;
  column: number;
  message: string;
}

type Call = CallExpression | NewExpression;

/** What of k6 blocks there and answers with a promise here. */
const WAITING: Record<string, Set<string>> = {
  'k6/http': new Set([
    ...['get', 'head', 'post', 'put', 'patch', 'del', 'options', 'request', 'batch'],
  ]),
  k6: new Set(['sleep']),
  response: FOLLOWING,
  flashsale: new Set(['rendezvous']),
};

/** Built-in methods that need their callback's answer at once. */
const SYNCHRONOUS_METHODS = new Set(['sort', 'toSorted', 'replace', 'replaceAll', 'findLast']);

/**
 * Rewrites a bundle so that k6's blocking calls are awaited, and with them the functions they stand in, transitively:
 * scripts without a single `await` then mean here what they mean in k6. What the author declared `async` stays the
 * author's: its callers hold a promise in k6 too. Lines stay where they are.
 *
 * `supported` are the members of each module that a script can import. What is used beside them, and calls that would
 * have to wait where nothing can, are problems. What `isLibrary` is left as it is.
 */
export function addAwaits(
  code: string,
  supported: Record<string, ReadonlySet<string>>,
  isLibrary: (offset: number) => boolean = () => false,
): Edited & { problems: Problem[] } {
  const syntax = parseSyntax(code, isLibrary);
  const flow = followValues(syntax);
  const calls = syntax.nodes.filter(
    (node): node is Call => node.type === 'CallExpression' || node.type === 'NewExpression',
  );

  const initOnly = findInitCode();

  // Where each function's body cannot wait, and why.
  const pinned = new Map<FunctionNode, string>();
  for (const node of syntax.nodes) {
    const reason = reasonNotToWait(node);
    if (reason) pinned.set(reason.of, reason.why);
  }
  for (const call of calls) {
    const name = methodOf(call);
    if (name === undefined || !SYNCHRONOUS_METHODS.has(name) || isOwnMethod(call)) continue;
    const callback = call.arguments[name.startsWith('replace') ? 1 : 0];
    if (!callback) continue;
    for (const fn of functionsOf(flow.valuesOf(callback))) {
      pinned.set(fn, `the callback of .${name}()`);
    }
  }

  // Grown until every caller of a function that waits, waits.
  const waiting = new Set<FunctionNode>();
  let grown = true;
  while (grown) {
    grown = false;
    for (const call of calls) {
      const host = hostOf(call);
      if (!host || !isFunction(host) || host.async || waiting.has(host) || pinned.has(host))
        continue;
      if (!waitsAt(call)) continue;
      waiting.add(host);
      grown = true;
    }
  }

  // Calls come outer ones first: so do their beginnings where several fall together, and their ends the other way round.
  const opening: Edit[] = [];
  const closing: Edit[] = [];
  const problems: Problem[] = syntax.nodes.flatMap(unsupportedAt);
  for (const fn of waiting) opening.push(insertion(startOf(fn), 'async '));
  for (const call of calls) {
    if (call.callee.type === 'Identifier' && call.callee.name === INIT_AWAIT) {
      opening.push({ start: call.start, end: call.callee.end, text: '(await ' });
      closing.push(insertion(call.end, ')'));
      continue;
    }
    const target = waitsAt(call);
    if (!target || isTakenAsPromise(call)) continue;
    const host = hostOf(call);
    if (host && isFunction(host) && (host.async || waiting.has(host))) {
      awaitCall(call);
    } else if (target.certain && (host || !isDirect(call))) {
      const message = `${placeOf(host)} cannot wait, and ${target.name} does: call it ${host ? 'before, and hand its answer over' : 'in setup() or in a scenario'}`;
      problems.push({ ...positionOf(code, call.start), message });
    }
  }
  return { ...applyEdits(code, [...closing.reverse(), ...opening]), problems };

  /**
   * Functions that run in init code and never later: they are called, and only from init code. The wrappers libraries
   * are published in are such; nothing waits there, whatever their parts are called.
   */
  function findInitCode(): Set<FunctionNode> {
    const callers = new Map<FunctionNode, (FunctionNode | undefined)[]>();
    for (const call of calls) {
      let host = syntax.parentOf(call);
      while (host && !isFunction(host)) host = syntax.parentOf(host);
      const own = functionsOf(flow.valuesOf(call.callee));
      // Built-in functions call what they are given.
      const called =
        own.length > 0 ? own : call.arguments.flatMap((each) => functionsOf(flow.valuesOf(each)));
      for (const fn of called) callers.set(fn, [...(callers.get(fn) ?? []), host]);
    }
    const found = new Set([...callers.keys()].filter((fn) => !flow.exported.has(fn)));
    let shrunk = true;
    while (shrunk) {
      shrunk = false;
      for (const fn of found) {
        const late = callers
          .get(fn)
          ?.some((host) => host && !found.has(host) && !isModuleWrapper(host));
        if (late) {
          found.delete(fn);
          shrunk = true;
        }
      }
    }
    return found;
  }

  function unsupportedAt(node: AnyNode): Problem[] {
    const reads: [from: AnyNode, name: string | undefined, at: AnyNode][] = [];
    if (node.type === 'MemberExpression') {
      reads.push([node.object, nameOfKey(node.property, node.computed), node.property]);
    } else if (node.type === 'ObjectPattern') {
      for (const each of node.properties) {
        if (each.type === 'Property') reads.push([node, nameOfKey(each.key, each.computed), each]);
      }
    }
    return reads.flatMap(([from, name, at]) => {
      if (name === undefined) return [];
      // Where it may be the script's own of that name, it is.
      if (functionsOf(flow.valuesOf(node)).length > 0) return [];
      const [message] = [...flow.valuesOf(from)].flatMap((value) => unsupportedIn(value, name));
      return message ? [{ ...positionOf(code, at.start), message }] : [];
    });
  }

  function unsupportedIn(value: Value, name: string): string[] {
    if (value === 'response' || value.kind !== 'module') return [];
    // What begins with underscores is the bundler's.
    if (name === 'default' || name.startsWith('__')) return [];
    const members = supported[value.name];
    if (!members || members.has(name)) return [];
    return [
      `"${name}" of ${value.name} is not supported (supported: ${[...members].sort().join(', ')})`,
    ];
  }

  /** What a call waits for, if it may wait for anything; `certain` when it was not found by a member's name alone. */
  function waitsAt(call: Call): { name: string; certain: boolean } | undefined {
    if (call.type === 'NewExpression') return undefined;
    const { callee } = call;
    for (const value of flow.valuesOf(callee)) {
      const name = waitsFor(value, call);
      if (name !== undefined)
        return { name, certain: callee.type !== 'MemberExpression' || isApi(value) };
    }
    const name = code.slice(callee.start, callee.end);
    return waitsInTurn(call) || waitsThroughCall(call) || isFollowing(call)
      ? { name, certain: false }
      : undefined;
  }

  /** `clickLink()` of what may be a response that was lost sight of: hardly anything else is called so. */
  function isFollowing(call: Call): boolean {
    return FOLLOWING.has(methodOf(call) ?? '');
  }

  function waitsFor(value: Value, call: Call): string | undefined {
    if (typeof value === 'string') return undefined;
    if (value.kind === 'function') {
      return waiting.has(value.node)
        ? `${value.node.id?.name ?? code.slice(call.callee.start, call.callee.end)}()`
        : undefined;
    }
    if (value.kind !== 'api') return undefined;
    const { module, member } = value;
    const owner = { 'k6/http': 'http.', response: 'response.' }[module] ?? '';
    const name = `${owner}${member}()`;
    if (WAITING[module]?.has(member)) return name;
    const [, second] = call.arguments;
    if (module !== 'k6' || !second) return undefined;
    const later =
      (member === 'group' && functionsOf(flow.valuesOf(second)).some(answersLater)) ||
      (member === 'check' && flow.functionsIn(second).some(answersLater));
    return later ? name : undefined;
  }

  function answersLater(fn: FunctionNode): boolean {
    return fn.async || waiting.has(fn);
  }

  /** `array.forEach(callback)` and the like, with a callback that has come to wait. */
  function waitsInTurn(call: Call): boolean {
    const name = methodOf(call);
    const callback = name === 'from' ? call.arguments[1] : call.arguments[0];
    if (name === undefined || !callback || callback.type === 'SpreadElement') return false;
    if (!(name in ELEMENT_PARAMETER) && name !== 'from') return false;
    return functionsOf(flow.valuesOf(callback)).some((fn) => waiting.has(fn));
  }

  /** `fn.call(self)`, `fn.apply(self, list)`. */
  function waitsThroughCall(call: Call): boolean {
    const name = methodOf(call);
    if ((name !== 'call' && name !== 'apply') || call.callee.type !== 'MemberExpression')
      return false;
    for (const value of flow.valuesOf(call.callee.object)) {
      if (waitsFor(value, call) !== undefined) return true;
    }
    return false;
  }

  function methodOf(call: Call): string | undefined {
    if (call.callee.type !== 'MemberExpression') return undefined;
    return nameOfKey(call.callee.property, call.callee.computed);
  }

  /** Whether a member call was resolved to the script's own functions, which goes by the member's name. */
  function isOwnMethod(call: Call): boolean {
    return (
      call.callee.type === 'MemberExpression' && functionsOf(flow.valuesOf(call.callee)).length > 0
    );
  }

  /** The function a node runs in; a class's own code and parameters' defaults are their own, undefined is init code. */
  function hostOf(node: AnyNode): AnyNode | undefined {
    let child: AnyNode = node;
    for (let at = syntax.parentOf(node); at; at = syntax.parentOf(at)) {
      if (at.type === 'StaticBlock' || (at.type === 'PropertyDefinition' && at.value === child)) {
        return at;
      }
      if (isFunction(at) && (initOnly.has(at) || isModuleWrapper(at))) return undefined;
      if (isFunction(at)) return (at.params as AnyNode[]).includes(child) ? child : at;
      child = at;
    }
    return undefined;
  }

  /** The function esbuild puts around a CommonJS file, whose body is init code. */
  function isModuleWrapper(fn: FunctionNode): boolean {
    const member = syntax.parentOf(fn);
    const object = member?.type === 'Property' ? syntax.parentOf(member) : undefined;
    const call = object && syntax.parentOf(object);
    return (
      call?.type === 'CallExpression' &&
      call.callee.type === 'Identifier' &&
      (call.callee.name === '__commonJS' || call.callee.name === '__esm')
    );
  }

  function placeOf(host: AnyNode | undefined): string {
    if (!host) return 'init code';
    return (isFunction(host) && pinned.get(host)) || 'a default value or a field of a class';
  }

  /** k6's own function; in init code it says itself what is wrong. */
  function isDirect(call: Call): boolean {
    return [...flow.valuesOf(call.callee)].some(isApi);
  }

  /** The author waits for the promise in another way: `await`, `Promise.all([…])`, `.then(…)`. */
  function isTakenAsPromise(call: Call): boolean {
    const node = wholeOf(call);
    const parent = syntax.parentOf(node);
    if (parent?.type === 'AwaitExpression') return !waitsInTurn(call);
    if (parent?.type === 'MemberExpression' && parent.object === node) {
      return ['then', 'catch', 'finally'].includes(
        nameOfKey(parent.property, parent.computed) ?? '',
      );
    }
    const list = parent?.type === 'ArrayExpression' ? syntax.parentOf(parent) : undefined;
    return (
      list?.type === 'CallExpression' &&
      list.callee.type === 'MemberExpression' &&
      list.callee.object.type === 'Identifier' &&
      list.callee.object.name === 'Promise'
    );
  }

  /** With the `?.` around it, which nothing may come between. */
  function wholeOf(call: Call): AnyNode {
    const parent = syntax.parentOf(call);
    return parent?.type === 'ChainExpression' ? parent : call;
  }

  function awaitCall(call: Call): void {
    const { start, end } = wholeOf(call);
    const [first] = call.arguments;
    if (waitsInTurn(call) && call.callee.type === 'MemberExpression' && first) {
      const { object } = call.callee;
      const between = code.slice(object.end, first.start);
      const lines = '\n'.repeat(between.split('\n').length - 1);
      const text = `, "${methodOf(call)}", ${lines}`;
      opening.push(insertion(start, '(await __inTurn('));
      opening.push({ start: object.end, end: first.start, text });
      closing.push(insertion(end, ')'));
    } else {
      opening.push(insertion(start, '(await '));
      closing.push(insertion(end, ')'));
    }
  }

  /** Where `async` goes. */
  function startOf(fn: FunctionNode): number {
    const parent = syntax.parentOf(fn);
    if (parent?.type === 'MethodDefinition') {
      const modifier = parent.static ? /^static\s+/.exec(code.slice(parent.start))?.[0] : '';
      return parent.start + (modifier?.length ?? 0);
    }
    return parent?.type === 'Property' && parent.method ? parent.start : fn.start;
  }

  function reasonNotToWait(node: AnyNode): { of: FunctionNode; why: string } | undefined {
    if (node.type === 'MethodDefinition' && node.kind === 'constructor') {
      return { of: node.value, why: 'a constructor' };
    }
    if (
      (node.type === 'MethodDefinition' || node.type === 'Property') &&
      (node.kind === 'get' || node.kind === 'set')
    ) {
      return { of: node.value as FunctionNode, why: 'a getter or setter' };
    }
    if (isFunction(node) && node.generator && !node.async) return { of: node, why: 'a generator' };
    return undefined;
  }
}

function isApi(value: Value): boolean {
  return typeof value !== 'string' && value.kind === 'api';
}

function insertion(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

function positionOf(code: string, offset: number): { line: number; column: number } {
  const before = code.slice(0, offset);
  return {
    line: before.split('\n').length,
    column: offset - (before.lastIndexOf('\n') + 1) + 1,
  };
}
