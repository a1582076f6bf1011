import { createMetrics } from '../../load/metrics/metrics.ts';
import type { Vu } from '../../load/vu/vu.ts';
import { modules } from '../modules/registry.ts';
import type { ModuleMembers } from './bundle.ts';
import { createReaderVu } from './reader-vu.ts';

/** The names of each module's members, read from modules that are made for no run. */
export function moduleMembers(): ModuleMembers {
  const vu = createReaderVu({}, createMetrics());
  return Object.fromEntries(
    Object.entries(modules).map(([name, create]) => [name, new Set(Object.keys(create(vu, '')))]),
  );
}

/** Creates the `require` of one VU: each module is made when it is first imported. */
export function createRequire(vu: Vu, scriptPath: string): (name: string) => object {
  const made = new Map<string, object>();
  return (name) => {
    let module = made.get(name);
    if (!module) {
      const members = modules[name]?.(vu, scriptPath);
      if (!members) throw new Error(`the module "${name}" is not supported`);
      // k6's modules can be imported by name and as a whole.
      module = { ...members, default: members, __esModule: true };
      made.set(name, module);
    }
    return module;
  };
}
