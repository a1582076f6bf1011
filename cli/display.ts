import type { RunEvent } from '../src/run/events.ts';
import { type CliContext, type GlobalFlags, mayColor } from './context.ts';
import { plainLine } from './screens/plain.ts';
import { reduceRunView, startRunView } from './screens/run-view.ts';
import type { Settings } from './settings.ts';

/** Shows the progress of a run, always on stderr, because stdout belongs to the result. */
export interface Display {
  show(event: RunEvent): void;
  /** Shows a line of text that is no event of the run. */
  note(line: string): void;
  close(): void;
}

/**
 * Opens a live region on a terminal and plain lines elsewhere. With `--ui none` there is no progress; the lines that
 * scripts and the run log are shown even with `--quiet`, as in k6.
 */
export async function openDisplay(options: {
  scenario: string;
  settings: Settings;
  flags: GlobalFlags;
  context: CliContext;
}): Promise<Display> {
  const { scenario, settings, flags, context } = options;
  const { stderr, env } = context;
  const mode = flags.quiet ? 'none' : chooseMode(flags.ui ?? 'auto', context);
  let view = startRunView({
    scenario,
    strategy: settings.target === undefined ? settings.strategy : undefined,
  });

  if (mode === 'tui') {
    // Ink and React take a quarter of a second to load, so they are loaded only for a live region.
    const { showLive } = await import('./screens/live.tsx');
    const live = showLive(stderr, view, { color: mayColor(stderr, flags, env) });
    return {
      show(event) {
        view = reduceRunView(view, event);
        live.update(view);
      },
      note(line) {
        view = reduceRunView(view, { type: 'log', line });
        live.update(view);
      },
      close: live.close,
    };
  }

  const write = (line: string) => stderr.write(`${line}\n`);
  return {
    show(event) {
      view = reduceRunView(view, event);
      if (mode === 'none' && event.type !== 'log') return;
      const line = plainLine(view, event);
      if (line !== undefined) write(line);
    },
    note(line) {
      if (!flags.quiet) write(line);
    },
    close() {},
  };
}

function chooseMode(
  asked: NonNullable<GlobalFlags['ui']>,
  { stderr, env }: CliContext,
): 'tui' | 'plain' | 'none' {
  // A pipe gets no escape codes, even with `--ui tui`.
  if (asked === 'tui') return stderr.isTTY ? 'tui' : 'plain';
  if (asked !== 'auto') return asked;
  return stderr.isTTY && !env.CI && env.TERM !== 'dumb' ? 'tui' : 'plain';
}
