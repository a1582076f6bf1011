import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { UserError } from '../../src/kernel/errors.ts';
import { COLUMNS, drawScreens, type Screen } from './draw-screens.ts';
import { readScreen } from './terminal-screen.ts';

/**
 * Makes the picture of the README: runs a correct server and one that oversells in a real terminal (tmux) each, and draws
 * the last live screen and the verdict below it.
 */
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ROWS = 40;
const FRAME_MS = 250;
const LONGEST_MS = 300_000;

const RUNS = ['run rush --strategy naive --unsafe', 'run rush'];

try {
  const screens: Screen[] = [];
  for (const run of RUNS) screens.push(await show(run));
  const picture = fileURLToPath(new URL('docs/picture.svg', `file://${ROOT}/`));
  writeFileSync(picture, drawScreens(screens));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}: ${error.why}\nnext: ${error.next}\n`);
  process.exitCode = error.exitCode;
}

/** Runs the command line in a terminal of its own until it ends. */
async function show(run: string): Promise<Screen> {
  const tmux = openTmux(`flashsale-picture-${process.pid}`);
  // The shell waits after the end, so that its last screen can be read.
  tmux(
    'new-session',
    '-d',
    '-x',
    String(COLUMNS),
    '-y',
    String(ROWS),
    `node dist/cli/main.js ${run}; echo ended; read end`,
  );
  try {
    let live = '';
    for (let waitedMs = 0; waitedMs < LONGEST_MS; waitedMs += FRAME_MS) {
      await delay(FRAME_MS);
      const screen = tmux('capture-pane', '-p', '-e');
      if (/^(?:\S*m)?ended$/m.test(screen)) {
        return {
          command: `npx flashsale-cli ${run}`,
          lines: [...trimmed(live), [], ...verdictOf(screen)],
        };
      }
      if (screen.includes('flashsale-cli')) live = screen;
    }
  } finally {
    tmux('kill-server');
  }
  throw UserError.environment(`${run} has not ended after five minutes`, {
    why: 'the machine may be busy',
    next: 'try again on a quiet one',
  });
}

/** A tmux server of our own, so that no other session is touched. */
function openTmux(socket: string): (...args: string[]) => string {
  return (...args) => {
    try {
      return execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], {
        cwd: ROOT,
        encoding: 'utf8',
      });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
      throw UserError.environment('the picture cannot be made', {
        why: 'tmux is not installed',
        next: 'install it (apt-get install tmux) and run npm run picture again',
        cause,
      });
    }
  };
}

/** A screen without the empty lines at its end. */
function trimmed(screen: string): Screen['lines'] {
  const lines = readScreen(screen);
  const last = lines.findLastIndex((spans) => spans.some(({ text }) => text.trim() !== ''));
  return lines.slice(0, last + 1);
}

/** The last paragraph of a run: its verdict. */
function verdictOf(screen: string): Screen['lines'] {
  const lines = trimmed(screen).slice(0, -1);
  const from = lines.findLastIndex((spans) =>
    spans.some(({ text }) => /^[✓✗] (?:IN)?VALID/.test(text)),
  );
  return lines.slice(from);
}
