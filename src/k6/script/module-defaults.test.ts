import { describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../test/k6.ts';
import { runScript } from '../testing/run-script.ts';

/** CommonJS modules, and what `import it from` brings of each in k6. */
const MODULES: [text: string, value: string][] = [
  [`exports.__esModule = true; exports.default = 'own'; exports.x = 1;`, '"own"'],
  [`exports.__esModule = true; exports.x = 1;`, '{"__esModule":true,"x":1}'],
  [`exports.__esModule = false; exports.default = 'own';`, '"own"'],
  [`module.exports = { default: 'own', x: 1 };`, '"own"'],
  [`module.exports = { x: 1 };`, '{"x":1}'],
];

const files = Object.fromEntries(MODULES.map(([text], number) => [`m${number}.js`, text]));
const SCRIPT = `
${MODULES.map((_, number) => `import m${number} from './m${number}.js';`).join('\n')}
export const options = { iterations: 1 };
export default function () {
${MODULES.map((_, number) => `  console.log(JSON.stringify(m${number}));`).join('\n')}
}`;
const VALUES = MODULES.map(([, value]) => value);

describe('the default of a CommonJS module', () => {
  it.each([
    ['with awaits', undefined],
    ['in threads', 'threads'],
  ] as const)('%s', async (_, way) => {
    expect((await runScript(SCRIPT, { files, way })).log).toEqual(VALUES);
  });

  describeWithK6('in k6', () => {
    it('is the same', async () => {
      expect((await runInK6(SCRIPT, { files })).log.filter((line) => /^["{]/.test(line))).toEqual(
        VALUES,
      );
    });
  });
});
