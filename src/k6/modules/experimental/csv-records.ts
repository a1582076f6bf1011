/**
 * Yields the records of a CSV text, as strictly as k6 reads them: a field is quoted as a whole or not at all, and every
 * record has as many fields as the first. Empty lines are left out. Throws an Error that names the line.
 */
export function* csvRecords(text: string, delimiter: string): Generator<string[]> {
  const limit = `\\u${delimiter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const field = new RegExp(`"([^"]*(?:""[^"]*)*)"|([^${limit}\\n"]*)`, 'y');
  const separator = new RegExp(`${limit}|\\r?\\n|$`, 'y');
  const emptyLines = /(?:\r?\n)*/y;
  let at = 0;
  let width: number | undefined;

  function take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) at = pattern.lastIndex;
    return match;
  }
  const failure = (place: number, what: string): Error =>
    new Error(`line ${text.slice(0, place).split('\n').length}: ${what}`);

  for (;;) {
    take(emptyLines);
    if (at === text.length) return;
    const start = at;
    const record: string[] = [];
    let end: RegExpExecArray | null;
    do {
      const [, quoted, plain = ''] = take(field) as RegExpExecArray;
      record.push(quoted === undefined ? plain.replace(/\r$/, '') : quoted.replaceAll('""', '"'));
      end = take(separator);
      if (!end) throw failure(at, 'a quote in the middle of a field, or one that is not closed');
    } while (end[0] === delimiter);
    width ??= record.length;
    if (record.length !== width) {
      throw failure(start, `${record.length} fields, and ${width} in the first line`);
    }
    yield record;
  }
}
