import MagicString from 'magic-string';
import { type EditedText, finishEdits, type Position, positionOf } from './edited-text.ts';
import { isBundlerHelper } from './flow/bundler.ts';
import { type Flow, followValues } from './flow/follow-values.ts';
import { isApi } from './flow/value.ts';
import { findCarriers } from './sound/carriers.ts';
import { findEscape } from './sound/escapes.ts';
import { isForThisEngine } from './sound/for-this-engine.ts';
import { findSharedGlobal } from './sound/shared-globals.ts';
import { findSockets } from './sound/sockets.ts';
import { findTogether } from './sound/together.ts';
import {
  type AnyNode,
  type Call,
  type FunctionNode,
  isFunction,
  parentOf,
} from './syntax/nodes.ts';
import { parseSyntax } from './syntax/parse.ts';
import { INIT_AWAIT } from './top-level.ts';
import { isTakenAsPromise, methodOf, wholeOf } from './waits/call-shapes.ts';
import { createHostFinder, type Host } from './waits/init-code.ts';
import { findPinned } from './waits/pinned.ts';
import { findUnsupported } from './waits/unsupported.ts';
import { findWaiting, type Waiting } from './waits/waiting.ts';

/** Something that cannot work, found before anything runs, and its position in the text. */
export interface Problem extends Position {
  message: string;
}

/**
 * Rewrites a bundle so that k6's blocking calls are awaited, and with them the functions that contain such calls,
 * transitively: scripts without a single `await` then mean here what they mean in k6. Functions that the script declares
 * `async` stay as they are: their callers hold a promise in k6, too. Lines stay where they are.
 *
 * A use of a member that its module does not have is a problem. A call that would have to wait in a place where nothing
 * can, or that cannot be followed, is an obstacle: then the result must not be run.
 *
 * @param supported the members of each module that a script can import
 * @param isLibrary whether the statement at an offset belongs to a library, which is left as it is
 */
export function addAwaits(
  code: string,
  supported: Record<string, ReadonlySet<string>>,
  isLibrary: (offset: number) => boolean = () => false,
): EditedText & { problems: Problem[]; obstacle: Problem | undefined; goesOnBeside: boolean } {
  const nodes = parseSyntax(
    code,
    (statement) => isBundlerHelper(statement) || isLibrary(statement.start),
  );
  const flow = followValues(nodes);
  const calls = nodes.filter(
    (node): node is Call => node.type === 'CallExpression' || node.type === 'NewExpression',
  );
  const hostOf = createHostFinder(calls, flow);
  const pinned = findPinned(nodes, calls, flow);
  const waiting = findWaiting(code, calls, flow, { hostOf, pinned });

  const problemAt = (at: AnyNode, message: string): Problem => ({
    ...positionOf(code, at.start),
    message,
  });
  const problems = findUnsupported(nodes, flow, supported).map(({ at, message }) =>
    problemAt(at, message),
  );
  let obstacle: Problem | undefined;
  let waits = false;
  let isAwaitedByAuthor = true;
  const text = new MagicString(code);
  // Outer calls come first, so that their insertions stand before those of inner calls at the same place.
  for (const call of calls) {
    if (isInitAwait(call)) {
      awaitInInitCode(text, call);
      continue;
    }
    const wait = waiting.waitOf(call);
    if (!wait) continue;
    waits = true;
    if (isTakenAsPromise(call, waiting.waitsInTurn(call))) continue;
    isAwaitedByAuthor = false;
    const host = hostOf(call);
    if (host && isFunction(host) && (host.async || waiting.functions.has(host))) {
      awaitCall(text, code, call, waiting);
    } else if (host || (wait.certain && !isDirect(call, flow))) {
      obstacle ??= problemAt(call, explain(wait.name, host, pinned));
    }
  }
  for (const fn of waiting.functions) text.appendRight(startOf(fn, code), 'async ');
  const carriers = findCarriers(nodes, flow, waiting);
  const beside = findTogether(nodes, flow, waiting, carriers);
  // A script for this engine says itself what runs side by side: two clicks of one buyer, say.
  if (!obstacle && !(isForThisEngine(nodes) && isAwaitedByAuthor)) {
    const found = (waits ? beside : undefined) ?? findEscape(nodes, flow, carriers);
    if (found) obstacle = problemAt(found.at, found.why);
  }
  const other = obstacle ? undefined : (findSharedGlobal(nodes) ?? findSockets(nodes));
  if (other) obstacle = problemAt(other.at, other.why);
  return { ...finishEdits(text), problems, obstacle, goesOnBeside: beside !== undefined };
}

/** True if a call stands for an `await` of the script's init code. */
export function isInitAwait({ callee }: Call): boolean {
  return callee.type === 'Identifier' && callee.name === INIT_AWAIT;
}

export function awaitInInitCode(text: MagicString, call: Call): void {
  text.update(call.start, call.callee.end, '(await ');
  text.appendLeft(call.end, ')');
}

function awaitCall(text: MagicString, code: string, call: Call, waiting: Waiting): void {
  const { start, end } = wholeOf(call);
  const [first] = call.arguments;
  if (waiting.waitsInTurn(call) && call.callee.type === 'MemberExpression' && first) {
    const { object } = call.callee;
    // The brackets around the object stay.
    const from =
      object.end + (/^[\s)]*\)/.exec(code.slice(object.end, first.start))?.[0].length ?? 0);
    const between = code.slice(from, first.start);
    const lines = '\n'.repeat(between.split('\n').length - 1);
    text.appendRight(start, '(await __inTurn(');
    text.update(from, first.start, `, "${methodOf(call)}", ${lines}`);
  } else {
    text.appendRight(start, '(await ');
  }
  text.appendLeft(end, ')');
}

/** The place where `async` is inserted. */
function startOf(fn: FunctionNode, code: string): number {
  const parent = parentOf(fn);
  if (parent?.type === 'MethodDefinition') {
    const modifier = parent.static ? /^static\s+/.exec(code.slice(parent.start))?.[0] : '';
    return parent.start + (modifier?.length ?? 0);
  }
  return parent?.type === 'Property' && parent.method ? parent.start : fn.start;
}

/** True if a call may call k6's own function. In init code that function says itself what is wrong. */
function isDirect(call: Call, flow: Flow): boolean {
  return [...flow.valuesOf(call.callee)].some(isApi);
}

function explain(name: string, host: Host, pinned: ReadonlyMap<FunctionNode, string>): string {
  const reason = host && isFunction(host) ? pinned.get(host) : undefined;
  if (!host) return `init code cannot wait for ${name}`;
  return `${reason ?? 'a default value or a field of a class'} cannot be made to wait for ${name}`;
}
