/**
 * The two revisions of `main..HEAD`, or undefined for any other text. As in git, a name has no `/` at either end, so a path
 * with `..` in it is none.
 */
export function readRange(text: string): [from: string, to: string] | undefined {
  const [from = '', to = '', ...more] = text.split(/\.{2,3}/);
  const isName = (name: string): boolean => !/^$|^[-/]|\/$/.test(name);
  return isName(from) && isName(to) && more.length === 0 ? [from, to] : undefined;
}
