import type { Vu } from '../../load/vu/vu.ts';
import type { ScriptFiles } from '../runtime/script-files.ts';

/** Makes the exports of a module for one VU. */
export type K6Module = (vu: Vu, files: ScriptFiles) => Record<string, unknown>;
