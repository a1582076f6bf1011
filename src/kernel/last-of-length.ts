/**
 * Remembers the value of the last text of each length, up to a multiple of `lengths`: for texts that come again and again and are
 * few. A comparison costs less than the hash of a map, which a text that was just put together has not got yet.
 */
export function rememberLastOfLength<Value>(
  lengths: number,
  compute: (text: string) => Value,
): (text: string) => Value {
  const texts: (string | undefined)[] = Array.from({ length: lengths }, () => undefined);
  const values: Value[] = [];
  return (text) => {
    const place = text.length % lengths;
    if (texts[place] === text) return values[place] as Value;
    const value = compute(text);
    texts[place] = text;
    values[place] = value;
    return value;
  };
}
