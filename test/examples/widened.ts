import { createProxy } from '../../src/stack/proxy/proxy.ts';

export interface Widened {
  /** The URL that the shop connects to: that of the dependency, with the proxy's address in it. */
  url: string;
  stop(): Promise<void>;
}

/** Puts a proxy before a database or a Redis, as `flashsale-cli proxy` does. */
export async function widen(url: string, widenMs: number): Promise<Widened> {
  const { host } = new URL(url);
  const proxy = createProxy({ listen: '127.0.0.1:0', to: host, widenMs });
  const { port } = await proxy.start();
  const widened = new URL(url);
  widened.host = `127.0.0.1:${port}`;
  return { url: widened.href, stop: () => proxy.stop() };
}
