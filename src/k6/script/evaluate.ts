import { compileFunction } from 'node:vm';
import type { ScriptFunctions } from '../../load/vu/script.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { inTurn } from './awaits/in-turn.ts';
import type { Bundle } from './bundle.ts';

export type ScriptExports = Record<string, unknown>;

/** A bundle compiled once, whose init code can be run for any number of VUs. */
export interface Evaluator {
  /** Runs the init code with modules of one VU; answers with what the script exports, later where the init code waits. */
  evaluate(vu: Vu, environment: ScriptEnvironment): ScriptExports | Promise<ScriptExports>;
  /** A thrown value in one line: its message, and where in the sources it was thrown. */
  describeError(error: unknown): string;
  /** Whether the script's code stands in the error's stack. What is no Error comes from scripts alone. */
  owns(error: unknown): boolean;
}

/** What a script finds around itself beside the language. */
export interface ScriptEnvironment {
  require: (module: string) => object;
  open: (path: string, mode?: string) => string | ArrayBuffer;
  /** Of this VU: `console`, `crypto`, timers. */
  globals: Record<(typeof GLOBALS)[number], unknown>;
}

const GLOBALS = [
  ...(['console', 'crypto'] as const),
  ...(['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] as const),
];
const PARAMETERS = ['module', 'exports', 'require', '__vu', 'open', '__inTurn', ...GLOBALS];

/** Compiles the bundle as one function: VUs share its code, compiled once and optimised together, but no variable. */
export function compileBundle(path: string, bundle: Bundle): Evaluator {
  const filename = `flashsale-script:${path}`;
  const body = bundle.waits ? `return (async () => {${bundle.code}\n})();` : bundle.code;
  const factory = compileFunction(body, PARAMETERS, { filename });
  const frame = new RegExp(`${escapeForPattern(filename)}:(\\d+):(\\d+)`);

  return {
    evaluate(vu, { require, open, globals }) {
      const module: { exports: ScriptExports } = { exports: {} };
      const ready: Promise<void> | undefined = factory(
        module,
        module.exports,
        require,
        vu,
        open,
        inTurn,
        ...GLOBALS.map((name) => globals[name]),
      );
      return ready ? ready.then(() => module.exports) : module.exports;
    },
    describeError(error) {
      const message = messageOf(error);
      const position = error instanceof Error ? frame.exec(error.stack ?? '') : null;
      const origin = position && bundle.originOf(Number(position[1]), Number(position[2]));
      return origin ? `${origin.file}:${origin.line}: ${message}` : message;
    },
    owns: (error) => !(error instanceof Error) || (error.stack ?? '').includes(filename),
  };
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}

function escapeForPattern(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A VU's exports that can be called. */
export function functionsIn(exports: ScriptExports): ScriptFunctions {
  return Object.fromEntries(
    Object.entries(exports).filter(([, value]) => typeof value === 'function'),
  ) as ScriptFunctions;
}
