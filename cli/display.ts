import type { RunEvent } from '../src/run/events.ts';
import { type CliContext, type GlobalFlags, mayColor } from './context.ts';
import { plainLine } from './screens/plain.ts';
import { reduceRunView, startRunView } from './screens/run-view.ts';
import type { Settings } from './settings.ts';

/** Where the progress of a run goes: always to stderr, because stdout belongs to the result. */
export interface Display {
  show(event: RunEvent): void;
  /** A line that is not part of the picture. */
  note(line: string): void;
  close(): void;
}

/**
 * A live region on a terminal, a plain line now and then elsewhere; without either, what scripts and the run have to say
 * all the same; nothing when asked to be quiet.
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
    // Ink and React take a quarter of a second to load, which only a live region is worth.
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

  const write = (line: string) => {
    if (!flags.quiet) stderr.write(`${line}\n`);
  };
  return {
    show(event) {
      view = reduceRunView(view, event);
      if (mode === 'none' && event.type !== 'log') return;
      const line = plainLine(view, event);
      if (line !== undefined) write(line);
    },
    note: write,
    close() {},
  };
}

function chooseMode(
  asked: NonNullable<GlobalFlags['ui']>,
  { stderr, env }: CliContext,
): 'tui' | 'plain' | 'none' {
  // A pipe never gets escape codes, whatever was asked for.
  if (asked === 'tui') return stderr.isTTY ? 'tui' : 'plain';
  if (asked !== 'auto') return asked;
  return stderr.isTTY && !env.CI && env.TERM !== 'dumb' ? 'tui' : 'plain';
}
