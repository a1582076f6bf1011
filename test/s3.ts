import { createProgram, type Program } from '../src/stack/processes/program.ts';
import type { Resource } from '../src/stack/resource.ts';
import { findPython } from './services.ts';

/** The Python of the S3 that `tools/services install` makes; undefined where it is not installed, and tests of it are skipped. */
export const findS3 = (): Promise<string | undefined> =>
  findPython('moto', 'tools/s3/requirements.txt');

export interface S3Server extends Program {
  url: string;
  /** Makes an empty bucket. */
  makeBucket(name: string): Promise<void>;
}

/** A server that speaks S3, on a free loopback port. It forgets everything when it ends. */
export function createS3Server(options: { python: string; folder: string }): Resource<S3Server> {
  const program = createProgram({
    name: 'S3',
    ...{ folder: options.folder, folderName: 's3', keepData: false },
    async prepare() {},
    serve: (port) => ({
      file: options.python,
      args: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    }),
    readyWhen: 'Running on http',
    portTakenWhen: 'Address already in use',
    stopSignal: 'SIGTERM',
    isComplaint: (line) => /error/i.test(line),
    next: 'tools/services install',
  });
  return {
    name: 'S3',
    async start() {
      const server = await program.start();
      const url = `http://127.0.0.1:${server.port}`;
      return {
        ...server,
        url,
        async makeBucket(name) {
          const { ok, status } = await fetch(`${url}/${name}`, { method: 'PUT' });
          if (!ok) throw new Error(`the bucket was not made: ${status}`);
        },
      };
    },
    stop: () => program.stop(),
  };
}
