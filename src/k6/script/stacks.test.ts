import { expect, it } from 'vitest';
import { runScript } from '../testing/run-script.ts';

it.each(['threads', undefined] as const)(
  'a stack shows the lines of the files as they were written, way: %s',
  async (way) => {
    const { log, result } = await runScript(
      `import http from 'k6/http';
import { refuse } from './lib/refuse.ts';
export default function () {
  try { refuse(1); } catch (error) { console.log(error.stack); }
  try { null.x; } catch (error) { console.log(error.stack.split('\\n').length); }
  refuse(2);
}`,
      {
        files: {
          'lib/refuse.ts': `interface Unused { a: string }

export function refuse(n: number): void {
  throw new TypeError('odd ' + n);
}`,
        },
        way,
      },
    );
    expect(log[0]).toMatch(
      /^TypeError: odd 1\n {4}at refuse \(file:\/\/\S+\/lib\/refuse\.ts:4\)\n {4}at \S+ \(file:\/\/\S+\/script\.ts:4\)$/,
    );
    expect(log[1]).toBe('2');
    expect(result.exceptions.first).toEqual([
      expect.stringMatching(/lib\/refuse\.ts:4: TypeError: odd 2$/),
    ]);
  },
);
