import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A mail server that takes every mail, or refuses every one for now. It delivers none. */
export interface SmtpServer {
  server: Server;
  /** From now on each mail is refused, or taken again. */
  setRefusing(isRefusing: boolean): void;
  /** The mails that were taken and refused. */
  counts(): { taken: number; refused: number };
  /** Ends all connections, as a mail server that dies. */
  stop(): void;
}

/** Speaks as much of SMTP (RFC 5321) as a client needs to hand a mail over. */
export function createSmtpServer(): SmtpServer {
  const sockets = new Set<Socket>();
  let isRefusing = false;
  let [taken, refused] = [0, 0];

  function answerTo(line: string): string {
    switch (line.slice(0, 4).toUpperCase()) {
      case 'MAIL':
        if (!isRefusing) return '250 ok';
        refused += 1;
        return '451 4.3.0 no mail is taken now';
      case 'EHLO':
      case 'HELO':
      case 'RCPT':
      case 'RSET':
      case 'NOOP':
        return '250 ok';
      case 'DATA':
        return '354 end it with a dot';
      case 'QUIT':
        return '221 bye';
      default:
        return '502 not known here';
    }
  }

  function serve(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    const say = (line: string) => socket.write(`${line}\r\n`);
    let isInMail = false;
    say('220 ready');
    createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })
      // A connection that breaks has the same error, which nobody needs to hear of.
      .on('error', () => {})
      .on('line', (line) => {
        if (isInMail) {
          if (line !== '.') return;
          isInMail = false;
          taken += 1;
          say('250 taken');
          return;
        }
        const answer = answerTo(line);
        say(answer);
        isInMail = answer.startsWith('354');
        if (answer.startsWith('221')) socket.end();
      });
  }

  const server = createServer(serve);
  return {
    server,
    setRefusing(value) {
      isRefusing = value;
    },
    counts: () => ({ taken, refused }),
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
