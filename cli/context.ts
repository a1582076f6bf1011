/** The process as commands see it; only `main.ts` reads `process` itself. */
export interface CliContext {
  env: Record<string, string | undefined>;
  cwd: string;
  /** Version of the package. */
  version: string;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  /** The command line as typed, for a person to repeat, but without the secrets in it. */
  commandLine: string;
  /** The arguments as typed. */
  typed: string[];
  /** Program and arguments that start this program without a command. */
  program: string[];
  /** Prints the one document of `--json` on stdout. */
  document(document: unknown): void;
  /** Sets the code with which the process will end. */
  exit(code: number): void;
}

/** Flags every command understands. */
export interface GlobalFlags {
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
  ui?: 'auto' | 'tui' | 'plain' | 'none';
}

/** True if text for people may be colored on this stream. */
export const mayColor = (
  stream: NodeJS.WriteStream,
  flags: GlobalFlags,
  env: CliContext['env'],
): boolean =>
  stream.isTTY === true && flags.color !== false && !env.NO_COLOR && env.TERM !== 'dumb';

/** Width of text on a stream, in columns; a pipe, and a terminal that says 0, get a width that reads well in a log. */
export const columnsOf = (stream: NodeJS.WriteStream): number => stream.columns || 100;

/** The variables of an environment as a script sees them in `__ENV`. */
export const definedIn = (env: CliContext['env']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
