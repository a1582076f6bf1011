import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { UserError } from '../../kernel/errors.ts';
import { createProgram, type Program } from '../processes/program.ts';
import type { Resource } from '../resource.ts';

export interface PrometheusServer extends Program {
  url: string;
}

/** A Prometheus of our own on a free loopback port, from the `prometheus` on PATH. */
export function createPrometheus(options: {
  /** The run's folder; the data are written to a subfolder. */
  folder: string;
  configFile: string;
  /** True if it accepts samples by remote write. */
  receivesRemoteWrites?: boolean;
  /** Things that its version does only when it is told so: `native-histograms`, `exemplar-storage`. */
  features?: string[];
  onDeath?(why: string): void;
}): Resource<PrometheusServer> {
  const { folder, configFile, receivesRemoteWrites = false, features = [] } = options;
  const program = createProgram({
    name: 'Prometheus',
    folder,
    folderName: 'prometheus',
    keepData: false,
    async prepare() {
      await findPrometheus();
    },
    serve: (port) => ({
      file: 'prometheus',
      args: [
        `--config.file=${configFile}`,
        '--storage.tsdb.path=data',
        `--web.listen-address=127.0.0.1:${port}`,
        ...(receivesRemoteWrites ? ['--web.enable-remote-write-receiver'] : []),
        ...(features.length > 0 ? [`--enable-feature=${features.join()}`] : []),
      ],
    }),
    readyWhen: 'Server is ready to receive web requests',
    portTakenWhen: 'address already in use',
    stopSignal: 'SIGTERM',
    isComplaint: (line) => /level=error|level=ERROR/.test(line),
    next: `check ${configFile} with promtool check config`,
    onDeath: options.onDeath,
  });

  return {
    name: 'Prometheus',
    async start() {
      const prometheus = await program.start();
      return { ...prometheus, url: `http://127.0.0.1:${prometheus.port}` };
    },
    stop: () => program.stop(),
  };
}

/**
 * Finds the version of the `prometheus` on PATH.
 *
 * @throws UserError (environment) when there is none
 */
export async function findPrometheus(): Promise<string> {
  try {
    const { stdout, stderr } = await promisify(execFile)('prometheus', ['--version']);
    return /version (\S+)/.exec(stdout + stderr)?.[1] ?? 'of no known version';
  } catch (cause) {
    throw UserError.environment('there is no Prometheus to start', {
      why: 'prometheus cannot be run',
      next: 'install it (apt-get install prometheus, brew install prometheus)',
      cause,
    });
  }
}
