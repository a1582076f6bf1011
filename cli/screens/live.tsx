import { render } from 'ink';
import { RunRemains, RunScreen } from './run-screen.tsx';
import type { RunView } from './run-view.ts';

export interface LiveScreen {
  /** Shows a newer view with the next frame. */
  update(view: RunView): void;
  /** Leaves the phases on the terminal, restores the cursor and stops drawing. A second call does nothing. */
  close(): void;
}

/** Eight frames a second, because drawing for every line of a script that logs often would cost more than the load. */
const FRAME_INTERVAL_MS = 125;

/**
 * Draws a run on a terminal until it is closed. Keys are not read: without an input hook Ink leaves the terminal in its
 * normal mode, so Ctrl-C stays a signal. With CI set, Ink draws only the last frame. If the process ends before `close`,
 * Ink's own exit hook restores the cursor.
 */
export function showLive(
  stream: NodeJS.WriteStream,
  initial: RunView,
  { color }: { color: boolean },
): LiveScreen {
  let view = initial;
  let closed = false;
  let nextFrame: NodeJS.Timeout | undefined;
  const size = () => ({ columns: stream.columns || 80, rows: stream.rows || 24 });
  const screen = () => <RunScreen view={view} color={color} {...size()} />;

  const ink = render(screen(), {
    stdout: stream,
    stderr: stream,
    exitOnCtrlC: false,
    patchConsole: false,
  });
  const redraw = () => {
    nextFrame = undefined;
    ink.rerender(screen());
  };
  // Runs before Ink's own listener, which would draw the old lines at the new width.
  stream.prependListener('resize', redraw);

  return {
    update(next) {
      if (closed) return;
      view = next;
      nextFrame ??= setTimeout(redraw, FRAME_INTERVAL_MS).unref();
    },
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(nextFrame);
      stream.off('resize', redraw);
      ink.rerender(<RunRemains view={view} color={color} columns={size().columns} />);
      ink.unmount();
    },
  };
}
