/** Caches the value that `derive` returns for an object, as long as the object lives. Checks share values and stay pure. */
export function memoized<Key extends object, Value>(
  derive: (key: Key) => Value,
): (key: Key) => Value {
  const known = new WeakMap<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = derive(key);
      known.set(key, value);
    }
    return value;
  };
}

/** Caches the value that `derive` returns. It is not derived before it is asked for. */
export function lazy<Value extends object>(derive: () => Value): () => Value {
  let value: Value | undefined;
  return () => {
    value ??= derive();
    return value;
  };
}

/** Remembers what `derive` returned for the last two arguments: for what comes in long rows of few different values. */
export function rememberTwo<Argument, Value>(
  derive: (argument: Argument) => Value,
): (argument: Argument) => Value {
  interface Entry {
    argument: Argument;
    value: Value;
  }
  let newer: Entry | undefined;
  let older: Entry | undefined;
  return (argument) => {
    if (newer?.argument === argument) return newer.value;
    if (older?.argument === argument) return older.value;
    older = newer;
    newer = { argument, value: derive(argument) };
    return newer.value;
  };
}
