/** The headers of one request over those of all; a name in other case is the same header. */
export function mergeHeaders(
  ofEveryRequest: Record<string, string>,
  own: Record<string, string>,
): Record<string, string> {
  const ownNames = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const others = Object.entries(ofEveryRequest).filter(
    ([name]) => !ownNames.has(name.toLowerCase()),
  );
  return { ...Object.fromEntries(others), ...own };
}
