import { createServer } from 'node:net';
import { rootMessage, UserError } from '../../kernel/errors.ts';

/** As a port to listen on: the operating system chooses a free one. */
export const ANY_PORT = 0;

/** Finds a TCP port of the loopback interface that is free now. Another process may take it at any time. */
export const findFreePort = (): Promise<number> => tryPort(ANY_PORT);

/** @throws UserError (environment) when this port of the loopback interface cannot be listened on now */
export async function assertPortIsFree(port: number): Promise<void> {
  try {
    await tryPort(port);
  } catch (cause) {
    const taken = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE';
    throw UserError.environment(`port ${port} cannot be used`, {
      why: taken ? 'another process listens on it' : rootMessage(cause),
      next: 'stop that process, give another --port, or leave --port out to get a free one',
      cause,
    });
  }
}

/** Listens on a port for a moment and answers with the port. */
const tryPort = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(address && typeof address === 'object' ? address.port : port));
    });
  });
