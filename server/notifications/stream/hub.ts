import type { WebSocket } from 'ws';

/** A reader of the stream: one WebSocket of a session. */
export interface Reader {
  userId: string;
  sessionId: string;
  /** The moment from which on the token that opened it is not valid any more. */
  expiresAtMs: number;
}

/** Reasons for which the server closes a stream, with the codes of its closing. */
const CLOSINGS = {
  session_ended: { code: 4401, text: 'the session has ended' },
  token_expired: { code: 4401, text: 'the token has expired' },
  not_asked: { code: 1008, text: 'nothing is read here' },
  draining: { code: 1001, text: 'this instance stops' },
} as const;

/** Why a stream ended: closed by the server for a reason, too slow, without an answer to a ping, or gone by itself. */
export type StreamEnd = keyof typeof CLOSINGS | 'slow' | 'silent' | 'gone';

/** The WebSockets of this instance. */
export interface StreamHub {
  /** The reason why a user gets no more streams here; undefined if there is room. */
  whyFull(userId: string): string | undefined;
  add(reader: Reader, socket: WebSocket): void;
  /** Sends a text to all streams of a user. */
  send(userId: string, text: string): void;
  userIds(): string[];
  sessionIds(): string[];
  size(): number;
  endSessions(isEnded: (sessionId: string) => boolean): void;
  /** Ends streams that have not answered the ping before or whose token has expired, and pings the others. */
  beat(): void;
  /** Closes all streams. Resolves when they are closed. */
  close(): Promise<void>;
}

export interface HubLimits {
  streamsMax: number;
  streamsPerUserMax: number;
  /** Bytes that may wait for a reader: one that takes them slower is closed, and reads the rest with its cursor. */
  waitingBytesMax: number;
  /** The time in which a reader may answer the closing of its stream. */
  closingMs: number;
}

interface Stream extends Reader {
  socket: WebSocket;
  hasAnswered: boolean;
  end: StreamEnd;
}

export function createStreamHub(deps: {
  limits: HubLimits;
  nowMs(): number;
  onEnd(end: StreamEnd): void;
}): StreamHub {
  const { limits, nowMs, onEnd } = deps;
  const byUser = new Map<string, Set<Stream>>();
  const all = new Set<Stream>();

  function remove(stream: Stream): void {
    if (!all.delete(stream)) return;
    const ofUser = byUser.get(stream.userId);
    ofUser?.delete(stream);
    if (ofUser?.size === 0) byUser.delete(stream.userId);
    onEnd(stream.end);
  }

  /** Says why and closes. A reader that does not answer is cut off. */
  function close(stream: Stream, end: keyof typeof CLOSINGS): void {
    const { code, text } = CLOSINGS[end];
    stream.end = end;
    stream.socket.close(code, text);
    setTimeout(() => stream.socket.terminate(), limits.closingMs).unref();
  }

  function cut(stream: Stream, end: StreamEnd): void {
    stream.end = end;
    stream.socket.terminate();
  }

  const isSlow = ({ socket }: Stream): boolean => socket.bufferedAmount > limits.waitingBytesMax;

  return {
    whyFull(userId) {
      if (all.size >= limits.streamsMax) return 'This instance has no room for more streams.';
      const ofUser = byUser.get(userId)?.size ?? 0;
      if (ofUser < limits.streamsPerUserMax) return undefined;
      return `You have ${ofUser} streams open already.`;
    },

    add(reader, socket) {
      const stream: Stream = { ...reader, socket, hasAnswered: true, end: 'gone' };
      all.add(stream);
      const ofUser = byUser.get(reader.userId) ?? new Set();
      byUser.set(reader.userId, ofUser.add(stream));
      socket.on('pong', () => {
        stream.hasAnswered = true;
      });
      // Each ping of the reader is answered, and a reader that takes no answers would let them pile up.
      socket.on('ping', () => isSlow(stream) && cut(stream, 'slow'));
      socket.on('message', () => close(stream, 'not_asked'));
      // The socket closes after an error; nobody else has to know of it.
      socket.on('error', () => {});
      socket.on('close', () => remove(stream));
    },

    send(userId, text) {
      for (const stream of byUser.get(userId) ?? []) {
        if (stream.socket.readyState !== stream.socket.OPEN) continue;
        stream.socket.send(text);
        if (isSlow(stream)) cut(stream, 'slow');
      }
    },

    userIds: () => [...byUser.keys()],
    sessionIds: () => [...new Set([...all].map(({ sessionId }) => sessionId))],
    size: () => all.size,

    endSessions(isEnded) {
      for (const stream of all) if (isEnded(stream.sessionId)) close(stream, 'session_ended');
    },

    beat() {
      for (const stream of all) {
        if (!stream.hasAnswered) cut(stream, 'silent');
        else if (stream.expiresAtMs <= nowMs()) close(stream, 'token_expired');
        else {
          stream.hasAnswered = false;
          stream.socket.ping();
        }
      }
    },

    async close() {
      const closed = [...all].map(
        ({ socket }) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
      );
      for (const stream of all) close(stream, 'draining');
      await Promise.all(closed);
    },
  };
}
