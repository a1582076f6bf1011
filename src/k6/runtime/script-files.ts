import { dirname } from 'node:path';

/**
 * The files of a script while its init code runs. As in k6, a relative path of `open` starts beside the file whose own
 * code runs at the moment: in a function of `lib/data.js` that the script calls, beside the script.
 */
export class ScriptFiles {
  /** The file that the run was started with. */
  readonly scriptPath: string;
  /** The files whose code runs, the importing ones first. */
  private readonly running: string[] = [];

  constructor(scriptPath: string) {
    this.scriptPath = scriptPath;
  }

  /** The code of a file begins, and ends with a call without a path. A file from the network has its URL for a path. */
  readonly enter = (path?: string): void => {
    if (path === undefined) this.running.pop();
    else this.running.push(path);
  };

  /** The folder at which relative paths start. k6, too, looks for those of a file from the network on this machine. */
  folder(): string {
    const file = this.running.at(-1) ?? this.scriptPath;
    return dirname(/^https?:/.test(file) ? new URL(file).pathname : file);
  }

  /** A function that runs later, as if the file that runs now still did. */
  asNow<Result>(work: () => Result): () => Result {
    const file = this.running.at(-1) ?? this.scriptPath;
    return () => this.within(file, work);
  }

  within<Result>(file: string, work: () => Result): Result {
    this.enter(file);
    try {
      return work();
    } finally {
      this.enter();
    }
  }
}
