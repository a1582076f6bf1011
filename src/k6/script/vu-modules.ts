import { createMetrics } from '../../load/metrics/metrics.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { modules } from '../modules/registry.ts';
import { createConsole } from '../runtime/console.ts';
import { createGlobalObject } from '../runtime/global-object.ts';
import { createOpen } from '../runtime/open-file.ts';
import { ScriptFiles } from '../runtime/script-files.ts';
import { createTimers } from '../runtime/timers.ts';
import { createWebCrypto } from '../runtime/web-crypto.ts';
import type { ModuleMembers } from './bundle.ts';
import type { ScriptEnvironment } from './evaluate.ts';
import { createReaderVu } from './reader-vu.ts';
import { createRequireFile } from './require-file.ts';

/** The names of each module's members, read from modules that are made for no run. */
export function moduleMembers(): ModuleMembers {
  const vu = createReaderVu({}, createMetrics());
  return Object.fromEntries(
    Object.entries(modules).map(([name, create]) => [
      name,
      new Set(Object.keys(create(vu, new ScriptFiles('')))),
    ]),
  );
}

/** Creates the variables that a script of one VU finds, with modules and globals of its own. */
export function scriptEnvironment(vu: Vu, scriptPath: string): ScriptEnvironment {
  const files = new ScriptFiles(scriptPath);
  const open = createOpen(files, vu);
  const own = {
    console: createConsole((line) => {
      vu.watch?.assertNothingWaits('console');
      vu.log(line);
    }),
    crypto: createWebCrypto(vu),
    ...createTimers(vu),
    process: undefined,
  };
  const global = createGlobalObject({ ...own, open, __ENV: vu.env, __VU: vu.id });
  const globals: ScriptEnvironment['globals'] = { ...own, globalThis: global, global };
  return {
    require: createRequireFile(files, createRequire(vu, files), { ...globals, open, __vu: vu }),
    open,
    inFile: files.enter,
    globals,
  };
}

/** Creates the `require` of one VU: each module is made when it is first imported. */
function createRequire(vu: Vu, files: ScriptFiles): (name: string) => object {
  const made = new Map<string, object>();
  return (name) => {
    let module = made.get(name);
    if (!module) {
      const members = modules[name]?.(vu, files);
      if (!members) throw new Error(`the module "${name}" is not there`);
      // As in k6 a module is one object, however it is imported: what one file changes in it, all others see.
      module = Object.defineProperties(members, {
        default: { value: members },
        __esModule: { value: true },
      });
      made.set(name, module);
    }
    return module;
  };
}
