import { SMTPServer } from 'smtp-server';

/** A mail server that takes every mail, or refuses every one for now. It delivers none. */
export interface SmtpServer {
  /** Resolves when it listens. */
  listen(port: number, host: string): Promise<void>;
  /** From now on each mail is refused, or taken again. */
  setRefusing(isRefusing: boolean): void;
  /** The mails that were taken and refused. */
  counts(): { taken: number; refused: number };
  /** Ends it with all its connections. */
  stop(): void;
}

export function createSmtpServer(): SmtpServer {
  let isRefusing = false;
  let [taken, refused] = [0, 0];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    // Nobody's name service is asked who the servers are.
    disableReverseLookup: true,
    // Milliseconds. Connections that are open when it stops are closed at once.
    closeTimeout: 1,
    onMailFrom(_address, _session, callback) {
      if (!isRefusing) return callback();
      refused += 1;
      callback(Object.assign(new Error('no mail is taken now'), { responseCode: 451 }));
    },
    onData(stream, _session, callback) {
      stream.resume().on('end', () => {
        taken += 1;
        callback(null, 'taken');
      });
    },
  });
  // A client that breaks off is no news; a port that is taken fails `listen`.
  server.on('error', () => {});
  return {
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.server.once('error', reject);
        server.listen(port, host, resolve);
      }),
    setRefusing(value) {
      isRefusing = value;
    },
    counts: () => ({ taken, refused }),
    stop: () => server.close(),
  };
}
