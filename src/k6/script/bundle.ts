import { resolve } from 'node:path';
import type { BuildFailure, Location, Message } from 'esbuild';
import { UserError } from '../../kernel/errors.ts';
import { leaveAsWritten } from './as-written.ts';
import { addAwaits, type Problem } from './awaits/add-awaits.ts';
import { type EditedText, type Position, positionOf } from './awaits/edited-text.ts';
import { bundleAsCommonJs } from './common-js.ts';
import { leavingConstants } from './constants.ts';
import { fileNames } from './file-names.ts';
import { importRules } from './imports.ts';
import type { KnownTexts } from './known-texts.ts';
import { createLibraryTest } from './libraries.ts';
import { type OriginFinder, shortPath } from './origins.ts';
import { isRemote, remoteModules } from './remote-modules.ts';

/** A script and everything it imports as one CommonJS text. */
export interface Bundle {
  code: string;
  /** True if its outermost level has an `await`. */
  waits: boolean;
  originOf: OriginFinder;
}

/** A script in the two forms in which it can be run. */
export interface BundledScript {
  /** As it is written: for VUs in which calls block. */
  asWritten: Bundle;
  /** With k6's blocking calls awaited; absent if that would not mean the same. */
  awaiting?: Bundle;
  /** True if code of one VU may run beside other code of it: promises, timers. */
  goesOnBeside: boolean;
  /** The reason, with file and line, for which there is no `awaiting`. */
  obstacle?: string;
}

/** The names of the modules that can be imported, and the members of each. */
export type ModuleMembers = Record<string, ReadonlySet<string>>;

/**
 * Bundles a script with esbuild: types are stripped, not checked, as k6 does. A script can import relative files,
 * `modules` and URLs.
 *
 * @param fetched texts of modules from the network: those in it are not fetched again, those fetched are added
 * @param abandoned ends the waiting for the network
 * @throws UserError with file and line for anything that cannot be read or cannot work
 */
export async function bundleScript(
  path: string,
  modules: ModuleMembers,
  fetched: KnownTexts,
  abandoned?: AbortSignal,
): Promise<BundledScript> {
  try {
    const plugins = [importRules(Object.keys(modules)), remoteModules(fetched, abandoned)];
    const { code, files, waits, originOf } = await leavingConstants((edit) =>
      bundleAsCommonJs(path, [...plugins, fileNames(fetched, undefined, edit)]),
    ).catch(async (error) => {
      // A mistake at the end of a file is told as it is without what was added there.
      if (!fetched.has(path)) await bundleAsCommonJs(path, plugins);
      throw error;
    });
    const awaited = readSyntax(path, originOf, () =>
      addAwaits(code, modules, createLibraryTest(code, files)),
    );
    const [problem] = awaited.problems;
    if (problem) throw unworkable(path, problem, originOf);
    const bundleOf = (edited: EditedText): Bundle => ({
      code: importDefaults(unwrapModules(edited.code)),
      waits,
      originOf(line, column) {
        const before = edited.before(line, column);
        return originOf(before.line, before.column);
      },
    });
    const asWritten = bundleOf(
      leaveAsWritten(code, (offset) => {
        const { line, column } = positionOf(code, offset);
        const file = originOf(line, column)?.file;
        return file === undefined || isRemote(file) ? file : resolve(file);
      }),
    );
    const { obstacle, goesOnBeside } = awaited;
    if (!obstacle) return { asWritten, awaiting: bundleOf(awaited), goesOnBeside };
    return {
      asWritten,
      goesOnBeside,
      obstacle: `${placeOf(path, obstacle, originOf)}: ${obstacle.message}`,
    };
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>;
    if (errors.length === 0) throw error;
    throw unreadable(path, errors, error);
  }
}

/**
 * Takes off the object of getters through which esbuild imports a module that may be CommonJS. Our modules are none, and
 * a getter costs time in every call of every VU.
 */
function unwrapModules(code: string): string {
  return code.replaceAll(/\b__toESM\((require\("[^"]+"\))(?:, 1)?\)/g, '$1');
}

/** A condition in esbuild's `__toESM`: whether a module itself is what `import name from` brings. */
const IS_DEFAULT_ITSELF = 'isNodeMode || !mod || !mod.__esModule ?';

/** As in k6, the default of a CommonJS module is its member of that name if it has one, whatever its `__esModule` says. */
function importDefaults(code: string): string {
  return code.replace(IS_DEFAULT_ITSELF, 'mod == null || !__hasOwnProp.call(mod, "default") ?');
}

/** Does work that parses a bundle; esbuild lets some mistakes pass, as `with` in code that is strict. */
function readSyntax<Result>(path: string, originOf: OriginFinder, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { loc } = error as { loc?: Position };
    if (!(error instanceof SyntaxError) || !loc) throw error;
    const message = error.message.replace(/ \(\d+:\d+\)$/, '');
    throw unworkable(path, { ...loc, column: loc.column + 1, message }, originOf);
  }
}

function unworkable(path: string, problem: Problem, originOf: OriginFinder): UserError {
  const place = placeOf(path, problem, originOf);
  return UserError.usage(`${shortPath(path)} cannot be loaded`, {
    why: `${place}: ${problem.message}`,
    next: `${isRemote(place) ? savedFirst(place) : `change ${place}`}, or run the script in k6`,
  });
}

function placeOf(path: string, { line, column }: Position, originOf: OriginFinder): string {
  const origin = originOf(line, column);
  return origin ? `${origin.file}:${origin.line}` : shortPath(path);
}

function unreadable(path: string, messages: Message[], cause: unknown): UserError {
  const reasons = messages.map(({ location, text }) =>
    location ? `${shortPath(location.file)}:${location.line}: ${text}` : text,
  );
  return UserError.usage(`${shortPath(path)} cannot be loaded`, {
    why: reasons.join('; '),
    next: nextFor(messages[0]?.location ?? undefined, path),
    cause,
  });
}

function nextFor(location: Location | undefined, path: string): string {
  if (!location) return `mend ${shortPath(path)}`;
  const { file, line } = location;
  return isRemote(file) ? savedFirst(`${file}:${line}`) : `mend line ${line} of ${shortPath(file)}`;
}

/** The advice for a file that came over the network, which the user cannot change there. */
const savedFirst = (place: string): string =>
  `save the module beside the script, import it by its path and change ${place} there`;
