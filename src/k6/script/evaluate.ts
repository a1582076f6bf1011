import { compileFunction } from 'node:vm';
import type { ScriptFunctions } from '../../load/vu/script.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { ABSENT } from '../runtime/global-object.ts';
import { inTurn } from './awaits/in-turn.ts';
import type { Bundle } from './bundle.ts';
import { constants } from './constants.ts';
import { CONSTANT, IN_FILE } from './replaced-names.ts';
import type { ScriptRequire } from './require-file.ts';
import { fileNameOf, isOfScript, placeOf, showOrigins } from './stacks.ts';

export type ScriptExports = Record<string, unknown>;

/** A bundle compiled once, whose init code can be run for any number of VUs. */
export interface Evaluator {
  /** Runs the init code of one VU; answers with the script's exports, in a promise if the init code waits. */
  evaluate(vu: Vu, environment: ScriptEnvironment): ScriptExports | Promise<ScriptExports>;
  /** A thrown value in one line: the place in the sources where it was thrown, and its message. */
  describeError(error: unknown): string;
  /** True if the script's code is in the error's stack. Only scripts throw values that are no Error. */
  owns(error: unknown): boolean;
}

/** The variables that a script finds beside those of the language. */
export interface ScriptEnvironment {
  require: ScriptRequire;
  open: (path: string, mode?: string) => string | ArrayBuffer;
  /** Hears when the code of one of the script's files begins and ends. */
  inFile: (path?: string) => void;
  /** `console`, `crypto`, timers and global object of this VU; no `process`, as in k6: a script must not end the run. */
  globals: Record<(typeof GLOBALS)[number], unknown>;
}

const GLOBALS = [
  ...(['console', 'crypto'] as const),
  ...(['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval'] as const),
  ...(['process', 'globalThis', 'global'] as const),
];
/** Code that is made while the script runs, of bundles that use `eval`, knows these by their own names only. */
const NAMES = ['__ENV', '__VU'];
const PARAMETERS = [
  'module',
  'exports',
  'require',
  '__vu',
  'open',
  IN_FILE,
  '__inTurn',
  CONSTANT,
  ...GLOBALS,
  ...NAMES,
  ...ABSENT,
];

/** Compiles the bundle as one function. VUs share its code, compiled and optimised once, but none of its variables. */
export function compileBundle(path: string, bundle: Bundle): Evaluator {
  const filename = fileNameOf(path);
  const body = bundle.waits ? `return (async () => {${bundle.code}\n})();` : bundle.code;
  const factory = compileFunction(body, PARAMETERS, { filename });
  showOrigins(filename, bundle.originOf);

  return {
    evaluate(vu, { require, open, inFile, globals }) {
      const module: { exports: ScriptExports } = { exports: {} };
      const ready: Promise<void> | undefined = factory(
        module,
        module.exports,
        require,
        vu,
        open,
        inFile,
        inTurn,
        constants,
        ...GLOBALS.map((name) => globals[name]),
        vu.env,
        vu.id,
      );
      const ended = (): ScriptExports => {
        showOptions(module.exports.options, vu.run.options);
        return module.exports;
      };
      return ready ? ready.then(ended) : ended();
    },
    describeError(error) {
      const message = messageOf(error);
      const place = error instanceof Error ? placeOf(error) : undefined;
      return place === undefined ? message : `${place}: ${message}`;
    },
    owns: (error) => !(error instanceof Error) || isOfScript(error),
  };
}

/** Shows a script in its own `options` what is in force, flags and variables included, as k6 does. */
function showOptions(own: unknown, inForce: Record<string, unknown>): void {
  if (typeof own !== 'object' || own === null) return;
  for (const [name, value] of Object.entries(inForce)) {
    // k6 has no scenario there for a plan that is written in short.
    if (name !== 'scenarios') Reflect.set(own, name, value);
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}

/** The exports of a VU that are functions. */
export function functionsIn(exports: ScriptExports): ScriptFunctions {
  return Object.fromEntries(
    Object.entries(exports).filter(([, value]) => typeof value === 'function'),
  ) as ScriptFunctions;
}
