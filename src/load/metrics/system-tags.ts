import type { TagSource, Tags } from './metrics.ts';

/** Tags that samples have by default, by k6's names. */
const DEFAULT = [
  ...['proto', 'subproto', 'status', 'method', 'url', 'name', 'group', 'check', 'error'],
  ...['error_code', 'tls_version', 'scenario', 'service', 'expected_response'],
];
/** Tags that samples have only if the options name them. */
const ON_REQUEST = ['vu', 'iter', 'ip', 'ocsp_status'];

/** All of k6's system tags. Samples of this engine never have some of them. */
export const SYSTEM_TAGS = [...DEFAULT, ...ON_REQUEST];

/**
 * Creates a function that reads the tags of a sample: all of the script's own, and the system tags in `wanted`. Without
 * `wanted` it reads the default tags.
 */
export function createTagFilter(wanted: string[] | undefined): (source: TagSource) => Tags {
  if (!wanted) return (source) => source.allTags();
  const unwanted = new Set(SYSTEM_TAGS.filter((name) => !wanted.includes(name)));
  const added = ON_REQUEST.filter((name) => wanted.includes(name));
  // Outputs recognize the samples of one request by the identity of their tags object.
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
