/**
 * True for a `--target` that is a file and no URL. It stands apart from the reader of these files, whose schema is slow to
 * load, because every command asks it.
 */
export const isTargetFile = (target: string): boolean =>
  /\.(ya?ml|ts|json)$/.test(target) && !/^https?:/.test(target);
