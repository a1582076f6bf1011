import type { Tagged, Tags } from './metrics.ts';

/** Tags that the engine puts on samples when nothing else is asked for, by k6's names. */
const DEFAULT = [
  ...['proto', 'subproto', 'status', 'method', 'url', 'name', 'group', 'check', 'error'],
  ...['error_code', 'tls_version', 'scenario', 'service', 'expected_response'],
];
const WHEN_ASKED = ['vu', 'iter', 'ip', 'ocsp_status'];

/** What k6 knows by these names; some of them never occur here. */
export const SYSTEM_TAGS = [...DEFAULT, ...WHEN_ASKED];

/** All tags of a sample but those of the engine that are not wanted, and some that only come when they are. */
export function createTagFilter(wanted: string[] | undefined): (source: Tagged) => Tags {
  if (!wanted) return (source) => source.allTags();
  const unwanted = new Set(SYSTEM_TAGS.filter((name) => !wanted.includes(name)));
  const added = WHEN_ASKED.filter((name) => wanted.includes(name));
  // Outputs tell the samples of one request by their having the same tags.
  const filtered = new WeakMap<Tags, Tags>();

  return (source) => {
    const all = source.allTags();
    const known = filtered.get(all);
    if (known) return known;
    const tags = Object.fromEntries(Object.entries(all).filter(([name]) => !unwanted.has(name)));
    for (const name of added) {
      const value = source.tag(name);
      if (value !== undefined) tags[name] = value;
    }
    filtered.set(all, tags);
    return tags;
  };
}
