/**
 * Node's globals that k6 does not have. Libraries look for them to choose a way of their own, in which code would run that
 * no iteration waits for, and requests would go out that nobody counts.
 */
export const ABSENT = [
  ...['setImmediate', 'clearImmediate', 'queueMicrotask', 'MessageChannel', 'BroadcastChannel'],
  ...['fetch', 'WebSocket', 'EventSource', 'Buffer'],
];

/**
 * The global object as a script sees it: that of the language, with the globals of the script's VU in place of Node's. In
 * the bare one a library would find a `process` that can end the run, and timers that no iteration waits for.
 *
 * @param own the globals of the VU; those that are `undefined` are hidden
 */
export function createGlobalObject(own: Record<string, unknown>): typeof globalThis {
  const shown = new Map<PropertyKey, unknown>(ABSENT.map((name) => [name, undefined]));
  for (const [name, value] of Object.entries(own)) shown.set(name, value);
  const isHidden = (name: PropertyKey): boolean => shown.has(name) && shown.get(name) === undefined;

  const global = new Proxy(globalThis, {
    get: (all, name) => (shown.has(name) ? shown.get(name) : Reflect.get(all, name)),
    set(all, name, value) {
      if (!shown.has(name)) return Reflect.set(all, name, value);
      shown.set(name, value);
      return true;
    },
    has: (all, name) => !isHidden(name) && (shown.has(name) || Reflect.has(all, name)),
    ownKeys: (all) => Reflect.ownKeys(all).filter((name) => !isHidden(name)),
    getOwnPropertyDescriptor: (all, name) =>
      isHidden(name) ? undefined : Reflect.getOwnPropertyDescriptor(all, name),
  });
  shown.set('globalThis', global).set('global', global);
  return global;
}
