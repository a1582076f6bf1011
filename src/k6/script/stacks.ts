import { pathToFileURL } from 'node:url';
import type { OriginFinder } from './origins.ts';

/** The name that a script's code has for V8. */
export const fileNameOf = (path: string): string => `flashsale-script:${path}`;

const originsOf = new Map<string, OriginFinder>();
/** The place where each error of a script was made, as far as a file of the script is on its stack. */
const placesOf = new WeakMap<Error, string>();

/**
 * Has `error.stack` show the files of a script as they were written, and nothing of what runs the script. An inspector may
 * ask for such places as well, while the thread stands in the script's code.
 */
export function showOrigins(fileName: string, originOf: OriginFinder): void {
  originsOf.set(fileName, originOf);
  const before = Error.prepareStackTrace;
  if (before === prepareStack) return;
  usual = before ?? plainStack;
  Error.prepareStackTrace = prepareStack;
  Object.assign(globalThis, { [Symbol.for('flashsale.place')]: placeAt });
}

/** `shop.js:12` where an error was made; undefined if no file of a script is on its stack. */
export function placeOf(error: Error): string | undefined {
  // Node asks for the text of a stack when it is first read.
  void error.stack;
  return placesOf.get(error) || undefined;
}

/** True if code of a script is on the stack of an error. */
export function isOfScript(error: Error): boolean {
  void error.stack;
  return placesOf.has(error);
}

/** Remembers the place of an error that was made in another thread. */
export const rememberPlace = (error: Error, place: string): void => void placesOf.set(error, place);

let usual: (error: Error, frames: NodeJS.CallSite[]) => unknown = plainStack;

function prepareStack(error: Error, frames: NodeJS.CallSite[]): unknown {
  const isInScript = (frame: NodeJS.CallSite): boolean => originsOf.has(frame.getFileName() ?? '');
  const last = frames.findLastIndex(isInScript);
  if (last === -1) return usual(error, frames);
  // The bundler's own lines have no place.
  const places = frames.filter(isInScript).map((frame) => placeAt(...positionOf(frame)));
  placesOf.set(error, places.find((place) => place !== undefined) ?? '');
  // Below the script is the engine, between its functions what JavaScript itself calls back.
  return [textOf(error), ...frames.slice(0, last + 1).map(lineOf)].join('\n');
}

function lineOf(frame: NodeJS.CallSite): string {
  const [fileName, line, column] = positionOf(frame);
  const origin = originsOf.get(fileName)?.(line, column);
  if (!origin) return `    at ${frame}`;
  const { file } = origin;
  const url = /^https?:/.test(file) ? file : pathToFileURL(file).href;
  const name = frame.getFunctionName();
  const where = `${url}:${origin.line}`;
  return `    at ${name ? `${name} (${where})` : where}`;
}

const positionOf = (frame: NodeJS.CallSite): [fileName: string, line: number, column: number] => [
  frame.getFileName() ?? '',
  frame.getLineNumber() ?? 1,
  frame.getColumnNumber() ?? 1,
];

function placeAt(fileName: string, line: number, column: number): string | undefined {
  const origin = originsOf.get(fileName)?.(line, column);
  return origin && `${origin.file}:${origin.line}`;
}

function plainStack(error: Error, frames: NodeJS.CallSite[]): string {
  return [textOf(error), ...frames.map((frame) => `    at ${frame}`)].join('\n');
}

function textOf(error: Error): string {
  try {
    return String(error);
  } catch {
    return 'an error that cannot be shown';
  }
}
