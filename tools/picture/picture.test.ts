import { expect, it } from 'vitest';
import { drawScreens } from './draw-screens.ts';
import { readScreen } from './terminal-screen.ts';

const ESC = '\u001b';

it('reads the colours of a terminal, which go on in the next line', () => {
  expect(readScreen(`a ${ESC}[1;31mred${ESC}[0m b\n${ESC}[2;36mc\nd${ESC}[39;49m e`)).toEqual([
    [
      { column: 0, text: 'a ', isBold: false, isDim: false },
      { column: 2, text: 'red', colour: 1, isBold: true, isDim: false },
      { column: 5, text: ' b', isBold: false, isDim: false },
    ],
    [{ column: 0, text: 'c', colour: 6, isBold: false, isDim: true }],
    [
      { column: 0, text: 'd', colour: 6, isBold: false, isDim: true },
      { column: 1, text: ' e', colour: undefined, isBold: false, isDim: true },
    ],
  ]);
});

it('draws each terminal with its command, and characters of XML as text', () => {
  const picture = drawScreens([
    { command: 'one', lines: readScreen(`${ESC}[31m✗ 1 < 2 & 3`) },
    { command: 'two', lines: readScreen('fine') },
  ]);
  expect(picture).toContain('<title>one, and two</title>');
  expect(picture).toMatch(/fill="#ff6b68" [^>]*>✗ 1 &lt; 2 &amp; 3<\/tspan>/);
  expect(picture.match(/<rect /g)).toHaveLength(2);
});
