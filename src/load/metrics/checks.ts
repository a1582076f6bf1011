export interface CheckCount {
  name: string;
  /** The path of the group: `::checkout::pay`, empty at the top. */
  group: string;
  passes: number;
  fails: number;
}

/** Counts the passes and fails of each check of the script, by group and name, and knows the groups without checks. */
export interface CheckCounts {
  enter(group: string): void;
  count(group: string, name: string, passed: boolean): void;
  all(): CheckCount[];
  /** The paths of all groups in which something ran. */
  groups(): string[];
  /** Removes and returns what was counted. */
  drain(): DrainedChecks;
  merge(drained: DrainedChecks): void;
}

export interface DrainedChecks {
  counts: CheckCount[];
  groups: string[];
}

export function createCheckCounts(): CheckCounts {
  const byGroup = new Map<string, Map<string, CheckCount>>();

  function checksIn(group: string): Map<string, CheckCount> {
    let byName = byGroup.get(group);
    if (!byName) {
      byName = new Map();
      byGroup.set(group, byName);
    }
    return byName;
  }

  function countOf(group: string, name: string): CheckCount {
    const byName = checksIn(group);
    let check = byName.get(name);
    if (!check) {
      check = { name, group, passes: 0, fails: 0 };
      byName.set(name, check);
    }
    return check;
  }

  const all = (): CheckCount[] => [...byGroup.values()].flatMap((byName) => [...byName.values()]);

  return {
    enter: checksIn,
    count(group, name, passed) {
      const check = countOf(group, name);
      if (passed) check.passes += 1;
      else check.fails += 1;
    },
    all,
    groups: () => [...byGroup.keys()],
    drain() {
      const drained = { counts: all(), groups: [...byGroup.keys()] };
      byGroup.clear();
      return drained;
    },
    merge({ counts, groups }) {
      groups.forEach(checksIn);
      for (const { group, name, passes, fails } of counts) {
        const check = countOf(group, name);
        check.passes += passes;
        check.fails += fails;
      }
    },
  };
}
