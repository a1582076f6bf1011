export interface CheckCount {
  name: string;
  /** The path of the group: `::checkout::pay`, empty at the top. */
  group: string;
  passes: number;
  fails: number;
}

/** Counts the passes and fails of each check of the script, by group and name. */
export interface CheckCounts {
  count(group: string, name: string, passed: boolean): void;
  all(): CheckCount[];
  /** Removes and returns the counts. */
  drain(): CheckCount[];
  merge(counts: CheckCount[]): void;
}

export function createCheckCounts(): CheckCounts {
  const byGroup = new Map<string, Map<string, CheckCount>>();

  function countOf(group: string, name: string): CheckCount {
    let byName = byGroup.get(group);
    if (!byName) {
      byName = new Map();
      byGroup.set(group, byName);
    }
    let check = byName.get(name);
    if (!check) {
      check = { name, group, passes: 0, fails: 0 };
      byName.set(name, check);
    }
    return check;
  }

  const all = (): CheckCount[] => [...byGroup.values()].flatMap((byName) => [...byName.values()]);

  return {
    count(group, name, passed) {
      const check = countOf(group, name);
      if (passed) check.passes += 1;
      else check.fails += 1;
    },
    all,
    drain() {
      const counts = all();
      byGroup.clear();
      return counts;
    },
    merge(counts) {
      for (const { group, name, passes, fails } of counts) {
        const check = countOf(group, name);
        check.passes += passes;
        check.fails += fails;
      }
    },
  };
}
