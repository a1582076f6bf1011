import type { Metafile } from 'esbuild';

/** A file of this size that does not import k6 is taken for somebody else's library: nothing in it waits. */
const LIBRARY_BYTES_MIN = 50_000;

/**
 * Finds out which offsets of a bundle belong to libraries, by the comments that esbuild puts before each file.
 *
 * @param inputs the files of the bundle, by the names in those comments
 */
export function createLibraryTest(
  code: string,
  inputs: Metafile['inputs'],
): (offset: number) => boolean {
  const usesK6 = (path: string): boolean =>
    inputs[path]?.imports.some(({ external, path: to }) => external && to.startsWith('k6')) ??
    false;
  const isLibrary = (path: string): boolean =>
    (inputs[path]?.bytes ?? 0) >= LIBRARY_BYTES_MIN && !usesK6(path);
  const files = [...code.matchAll(/^\/\/!? (.+)$/gm)]
    .filter(([, path]) => inputs[path as string])
    .map((match) => ({ start: match.index, library: isLibrary(match[1] as string) }));
  if (!files.some(({ library }) => library)) return () => false;
  return (offset) => files.findLast(({ start }) => start <= offset)?.library ?? false;
}
