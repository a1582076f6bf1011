import { expect, it } from 'vitest';
import { wordsForCommander } from './words.ts';

it.each([
  ['run --throw script.js', 'run --throw=true script.js'],
  ['run -w script.js', 'run --throw=true script.js'],
  ['run --throw=false script.js', 'run --throw=false script.js'],
  ['run --http-debug script.js', 'run --http-debug=headers script.js'],
  ['run --http-debug=full script.js', 'run --http-debug=full script.js'],
  ['run --no-setup --linger script.js', 'run --no-setup=true --linger=true script.js'],
  ['run -u=10 -e=A=b=c script.js', 'run --vus=10 --env=A=b=c script.js'],
  ['run -u 10 -i10 --out json=a=b script.js', 'run -u 10 -i10 --out json=a=b script.js'],
  ['verify --json history.jsonl', 'verify --json history.jsonl'],
])('%s', (typed, expected) => {
  expect(wordsForCommander(typed.split(' ')).join(' ')).toBe(expected);
});
