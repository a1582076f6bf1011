/**
 * Joins loads of the same key: one load is under way at a time, and all calls that come meanwhile share the next one,
 * which begins after them. So no caller gets a value that is older than the call, and a crowd costs two loads.
 */
export function coalesce<Value>(
  load: (key: string) => Promise<Value>,
): (key: string) => Promise<Value> {
  const rounds = new Map<string, { underWay: Promise<Value>; next?: Promise<Value> }>();

  function begin(key: string): Promise<Value> {
    const round: { underWay: Promise<Value>; next?: Promise<Value> } = { underWay: load(key) };
    rounds.set(key, round);
    const end = () => {
      if (round.next === undefined) rounds.delete(key);
    };
    round.underWay.then(end, end);
    return round.underWay;
  }

  return (key) => {
    const round = rounds.get(key);
    if (round === undefined) return begin(key);
    const beginNext = () => begin(key);
    round.next ??= round.underWay.then(beginNext, beginNext);
    return round.next;
  };
}
