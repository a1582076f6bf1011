import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { showLive } from './live.tsx';
import { reduceRunView, startRunView } from './run-view.ts';

// With CI set, Ink draws only the last frame. It reads the variable when it is loaded, so this comes first.
vi.hoisted(() => {
  vi.stubEnv('CI', 'false');
  vi.stubEnv('CONTINUOUS_INTEGRATION', 'false');
});

/** A terminal that remembers what was written to it. */
function createTerminal() {
  const written: string[] = [];
  const stream = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns: 80,
    rows: 24,
    writable: true,
    write: (text: string) => written.push(text),
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => written.join('') };
}

describe('the live screen', () => {
  it('leaves the finished phases and a visible cursor behind, and lets go of the terminal', () => {
    const { stream, text } = createTerminal();
    const listeners = stream.listenerCount('resize');
    let view = startRunView({ scenario: 'rush' });
    const live = showLive(stream, view, { color: false });
    view = reduceRunView(view, { type: 'phase', phase: 'seed', detail: '500 units' });
    view = reduceRunView(view, { type: 'phase_done', phase: 'seed', detail: '500', tookMs: 612 });
    live.update(view);
    live.close();

    const whole = text();
    expect(whole).toContain('flashsale-cli  rush');
    expect(whole.lastIndexOf('✓ seed       612 ms  500')).toBeGreaterThan(
      whole.lastIndexOf('flashsale-cli'),
    );
    expect(whole.lastIndexOf('\u001B[?25h')).toBeGreaterThan(whole.lastIndexOf('\u001B[?25l'));
    expect(stream.listenerCount('resize')).toBe(listeners);
  });

  it('draws nothing after it was closed, however often', () => {
    const { stream, text } = createTerminal();
    const view = startRunView({ scenario: 'rush' });
    const live = showLive(stream, view, { color: false });
    live.close();
    const before = text();
    live.update(reduceRunView(view, { type: 'log', line: 'late' }));
    live.close();
    expect(text()).toBe(before);
  });

  it('never takes the keyboard, so that Ctrl-C stays a signal', () => {
    const { stream } = createTerminal();
    const listening = process.stdin.listenerCount('readable');
    const live = showLive(stream, startRunView({ scenario: 'rush' }), { color: false });
    expect(process.stdin.listenerCount('readable')).toBe(listening);
    expect(process.stdin.isRaw ?? false).toBe(false);
    live.close();
  });
});
