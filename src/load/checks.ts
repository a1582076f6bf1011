import type { CheckCount } from './result.ts';

/** How often each check of the script passed and failed, by group and name. */
export interface CheckCounts {
  count(group: string, name: string, passed: boolean): void;
  all(): CheckCount[];
}

export function createCheckCounts(): CheckCounts {
  const byGroup = new Map<string, Map<string, CheckCount>>();
  return {
    count(group, name, passed) {
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
      if (passed) check.passes += 1;
      else check.fails += 1;
    },
    all: () => [...byGroup.values()].flatMap((byName) => [...byName.values()]),
  };
}
