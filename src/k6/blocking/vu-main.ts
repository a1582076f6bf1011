import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { deepenStacks } from '../../load/engine/script-errors.ts';
import { IterationInterrupted } from '../../load/schedule/iteration.ts';
import type { ScriptFunctions } from '../../load/vu/script.ts';
import { setupJson } from '../../load/vu/setup-json.ts';
import { compileBundle, functionsIn } from '../script/evaluate.ts';
import { scriptEnvironment } from '../script/vu-modules.ts';
import { BlockingVu } from './blocking-vu.ts';
import { createLine } from './line.ts';
import type { FunctionCall, ToVu, VuOrder } from './messages.ts';
import { packThrown } from './thrown-value.ts';

// The thread of one VU: runs the script as it is written. Calls block in it, and it has an event loop for the rest.

async function start(order: VuOrder): Promise<void> {
  const line = createLine(parentPort as MessagePort, order.arrivals);
  const vu = new BlockingVu(order, line);
  deepenStacks();
  process.on('unhandledRejection', (error) => {
    // As in k6, an error that nobody catches ends the iteration: no timer of it fires any more.
    vu.forget();
    if (error instanceof IterationInterrupted) return;
    vu.note({ type: 'rejection', error: packThrown(error) });
  });
  let functions: ScriptFunctions;
  try {
    const evaluator = compileBundle(order.scriptPath, {
      ...order,
      originOf: (line, column) => vu.originOf(line, column),
    });
    const exports = await evaluator.evaluate(vu, scriptEnvironment(vu, order.scriptPath));
    functions = functionsIn(exports);
  } catch (error) {
    vu.tell({ type: 'threw', error: packThrown(error) });
    return;
  }
  vu.initializing = false;
  const run = createFunctionRunner(vu, functions);
  line.listen((message: ToVu) => {
    if (message.type === 'call') run(message);
    else vu.handle(message);
  });
  vu.tell({ type: 'ready' });
}

/** Runs the script's functions, one after another. Each ends when nothing is left of what it began, as in k6. */
function createFunctionRunner(
  vu: BlockingVu,
  functions: ScriptFunctions,
): (call: FunctionCall) => void {
  let argument: unknown;

  return (call) => {
    if (call.argument) argument = call.argument.value;
    vu.begin(call);
    let result: unknown;
    let thrown: { error: unknown } | undefined;
    try {
      result = functions[call.name]?.(argument);
      if (result instanceof Promise) {
        result.then(
          (value) => {
            result = value;
          },
          (error) => fail(error),
        );
      }
    } catch (error) {
      fail(error);
    }
    // Promises that are ready react before this; what they begin is waited for.
    setImmediate(endWhenIdle);

    /** A request that cannot be sent is an error of the function. */
    function tellResult(): void {
      try {
        vu.tell({ type: 'returned', result: plain(call.name, result) });
      } catch (error) {
        vu.tell({ type: 'threw', error: packThrown(error) });
      }
    }

    function fail(error: unknown): void {
      thrown = { error };
      vu.forget();
      vu.leaveCalls();
    }

    function endWhenIdle(): void {
      vu.work.whenIdle(() => {
        if (thrown) vu.tell({ type: 'threw', error: packThrown(thrown.error) });
        else tellResult();
      });
    }
  };
}

/** A result as it can be sent: `setup` hands over JSON, `handleSummary` texts and bytes, and nobody reads any other. */
function plain(name: string, result: unknown): unknown {
  if (name === 'setup') return result === undefined ? undefined : JSON.parse(setupJson(result));
  if (name !== 'handleSummary' || typeof result !== 'object' || result === null) return undefined;
  return Object.fromEntries(
    Object.entries(result).map(([path, content]) => [
      path,
      content === undefined || content === null || content instanceof ArrayBuffer
        ? content
        : String(content),
    ]),
  );
}

await start(workerData as VuOrder);
