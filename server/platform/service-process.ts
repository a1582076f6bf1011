import { ExitCode } from '../../src/kernel/exit-codes.ts';
import type { Logger } from './logging.ts';

/**
 * Runs a service as a process of its own: it tells the process that started it the URL of the service, and ends when that one does.
 *
 * @param facts what the log says of it when it listens
 */
export async function runService(
  service: { start(): Promise<string>; stop(): Promise<void> },
  log: Logger,
  facts: object,
): Promise<void> {
  const end = () => {
    service.stop().then(
      () => process.exit(0),
      () => process.exit(ExitCode.internalError),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('disconnect', end);

  const url = await service.start();
  log.info({ url, ...facts, pid: process.pid }, 'listening');
  process.send?.({ type: 'listening', url, pid: process.pid });
}
