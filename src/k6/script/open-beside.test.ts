import { describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../test/k6.ts';
import { startK6 } from '../binary/run-k6.ts';
import { runScript } from '../testing/run-script.ts';

const READ = `open('./name.txt')`;

/** Each file opens a file of the same name beside it: in its own code, in functions that others call, and later. */
const SCRIPT = `
import { Counter } from 'k6/metrics';
import { own, read, shared, later } from './lib/a.js';
import { all } from './other/c.js';
const here = ${READ};
let afterThrow;
try { require('./lib/throws.js'); } catch (error) { afterThrow = ${READ}; }
const seen = {
  own, here, afterThrow, all, shared: shared[0],
  calledFromHere: read(), handedOver: later(() => ${READ}), bytes: later(() => open('name.txt', 'b').byteLength),
  resolved: open(import.meta.resolve('./lib/name.txt')),
};
export default function () { console.log(JSON.stringify(seen)); }`;

const FILES = {
  'name.txt': 'entry',
  'lib/name.txt': 'lib',
  'lib/deep/name.txt': 'deep',
  'other/name.txt': 'other',
  'third/name.txt': 'third',
  'lib/a.js': `
    import { SharedArray } from 'k6/data';
    import { deep, read as readDeep } from './deep/d.js';
    export const own = [${READ}, deep, readDeep()].join();
    export const read = () => ${READ};
    export const shared = new SharedArray('s', () => [${READ}]);
    export const later = (work) => work();`,
  'lib/deep/d.js': `export const deep = ${READ}; export const read = () => ${READ};`,
  'other/c.js': `'use strict';
    const r = require('../third/r.js');
    exports.all = [${READ}, r.own, r.read()].join();`,
  'third/r.js': `exports.own = ${READ}; exports.read = () => ${READ};`,
  'lib/throws.js': `if (${READ} === 'lib') throw new Error('odd');`,
  // A file is what its syntax says.
  'package.json': '{ "type": "module" }',
};

const SEEN = {
  own: 'lib,deep,lib',
  here: 'entry',
  afterThrow: 'entry',
  all: 'other,third,other',
  shared: 'lib',
  calledFromHere: 'entry',
  handedOver: 'entry',
  bytes: 5,
  resolved: 'lib',
};

const seenIn = (log: string[]): unknown =>
  log.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));

/** A name that is made while the script runs is relative to the file in which the call stands. */
const REQUIRING = `
import { load } from './lib/loader.js';
const made = load('thing');
export default function () { console.log(JSON.stringify(made)); }`;
const REQUIRED = {
  'lib/loader.js': `const dot = '.'; exports.load = (name) => require(dot + '/' + name + '.js');`,
  'thing.js': `module.exports = { from: 'entry' };`,
  'lib/thing.js': `module.exports = { from: 'lib', beside: ${READ}, shop: __ENV.SHOP };`,
  'lib/name.txt': 'lib',
};
const MADE = { from: 'lib', beside: 'lib', shop: 'A' };

describe('a relative path starts beside the file whose code runs', () => {
  it.each(['threads', undefined] as const)('way: %s', async (way) => {
    const { log } = await runScript(SCRIPT, { files: FILES, way });
    expect(seenIn(log)).toEqual([SEEN]);
  });

  it('also the name of a module that is made while the script runs', async () => {
    const { log } = await runScript(REQUIRING, { files: REQUIRED, env: { SHOP: 'A' } });
    expect(seenIn(log)).toEqual([MADE]);
  });

  describeWithK6('in k6', () => {
    it('itself', async () => {
      const { log } = await runInK6(SCRIPT, { files: FILES });
      expect(seenIn(log)).toEqual([SEEN]);
      const made = await runInK6(REQUIRING, { files: REQUIRED, env: { SHOP: 'A' } });
      expect(seenIn(made.log)).toEqual([MADE]);
    });

    it('as the runner of a script', async () => {
      const { log } = await runScript(SCRIPT, {
        files: FILES,
        start: (spec) => startK6(spec, process.env),
      });
      expect(seenIn(log)).toEqual([SEEN]);
    });
  });
});
