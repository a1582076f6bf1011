import { SourceMap, type SourceMapPayload } from 'node:module';
import { relative, resolve } from 'node:path';
import { isRemote } from './remote-modules.ts';

/** Finds the place in the sources that a position of a bundle comes from; line and column from 1. */
export type OriginFinder = (
  line: number,
  column: number,
) => { file: string; line: number } | undefined;

/** @param root the folder that the source map's relative paths begin at */
export function createOriginFinder(mapText: string, root: string): OriginFinder {
  const positionOf = createPositionFinder(mapText);
  return (line, column) => {
    const position = positionOf(line, column);
    if (!position) return undefined;
    const { source } = position;
    return {
      file: shortPath(isRemote(source) ? source : resolve(root, source)),
      line: position.line,
    };
  };
}

/** Follows a source map back, which is read when it is first needed; lines and columns from 1. */
export function createPositionFinder(
  mapText: string,
): (line: number, column: number) => { source: string; line: number; column: number } | undefined {
  let map: SourceMap | undefined;
  return (line, column) => {
    map ??= new SourceMap(JSON.parse(mapText) as SourceMapPayload);
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    const { originalSource: source, originalLine, originalColumn } = entry;
    return { source, line: originalLine + 1, column: originalColumn + 1 };
  };
}

/** A path as a person in the working directory would type it; a URL is left as it is. */
export function shortPath(path: string): string {
  if (isRemote(path)) return path;
  const fromHere = relative(process.cwd(), resolve(path));
  return fromHere.startsWith('..') ? resolve(path) : fromHere;
}
