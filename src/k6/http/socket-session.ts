import type { SocketEvent } from '../../load/http/web-socket.ts';
import { type TagSource, withTags } from '../../load/metrics/metrics.ts';
import type { Vu } from '../../load/vu/vu.ts';

type Answered = Extract<SocketEvent, { type: 'opened' | 'failed' }>;

/** Counts what happens to one WebSocket in k6's metrics. */
export class SocketSession {
  private readonly vu: Vu;
  private readonly tags: Record<string, unknown>;
  private readonly source: TagSource;
  private readonly startedAtMs = performance.now();
  private readonly pings = new Map<string, number>();

  /** @param tags beside those that the VU has now */
  constructor(vu: Vu, tags: Record<string, unknown>) {
    this.vu = vu;
    this.tags = { group: vu.group, ...tags };
    this.source = withTags(this.tags, vu);
  }

  connected(event: Answered): void {
    if (event.ip) this.tags.ip = event.ip;
    if (event.handshake) {
      this.tags.status = event.handshake.status;
      this.tags.subproto = event.type === 'opened' ? event.protocol : '';
    }
    this.count('ws_sessions');
    this.time('ws_connecting', event.connectingMs);
  }

  sent(): void {
    this.count('ws_msgs_sent');
  }

  received(): void {
    this.count('ws_msgs_received');
  }

  /** Begins to wait for the answer to a ping. Returns the text to send with it. */
  pinged(): string {
    const id = String(this.pings.size);
    this.pings.set(id, performance.now());
    return id;
  }

  ponged(id: string): void {
    const pingedAtMs = this.pings.get(id);
    if (pingedAtMs !== undefined) this.time('ws_ping', performance.now() - pingedAtMs);
  }

  ended(): void {
    this.time('ws_session_duration', performance.now() - this.startedAtMs);
  }

  private count(name: string): void {
    this.vu.metrics.define(name, 'counter').add(1, this.source);
  }

  private time(name: string, ms: number): void {
    this.vu.metrics.define(name, 'trend', 'time').add(ms, this.source);
  }
}

const MEANINGS: Record<number, string> = {
  1000: ' (normal)',
  1001: ' (going away)',
  1002: ' (protocol error)',
  1003: ' (unsupported data)',
  1005: ' (no status)',
  1006: ' (abnormal closure)',
  1007: ' (invalid payload data)',
  1008: ' (policy violation)',
  1009: ' (message too big)',
  1010: ' (mandatory extension missing)',
  1011: ' (internal server error)',
};

/** k6's words for an end that nobody asked for; undefined for a usual end. */
export function unusualEnd({ code, reason }: { code: number; reason: string }): string | undefined {
  if (code === 1000 || code === 1001) return undefined;
  const why = code === 1006 ? 'unexpected EOF' : reason;
  return `websocket: close ${code}${MEANINGS[code] ?? ''}${why && `: ${why}`}`;
}
