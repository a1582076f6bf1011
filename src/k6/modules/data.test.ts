import { describe, expect, it } from 'vitest';
import { runScript } from '../testing/run-script.ts';

describe('k6/data', () => {
  it('a SharedArray is built once for all VUs, and cannot be changed', async () => {
    const run = await runScript(
      `import { SharedArray } from 'k6/data';
       const people = new SharedArray('people', () => { console.log('read'); return JSON.parse(open('./people.json')); });
       export const options = { vus: 5, iterations: 10 };
       export default function () {
         if (people.length !== 2 || people[1].name !== 'Bo') throw new Error('wrong');
         if ([...people].length !== 2 || people.map((p) => p.name).join() !== 'Al,Bo') throw new Error('wrong');
         let changes = 0;
         for (const change of [() => { people[0].name = 'X'; }, () => { people.push(1); }, () => { people[0] = 1; }]) {
           try { change(); changes += 1; } catch {}
         }
         if (changes > 0) throw new Error('changed');
       }`,
      { files: { 'people.json': '[{"name":"Al"},{"name":"Bo"}]' } },
    );
    expect(run.result.exceptions).toEqual({ count: 0, first: [] });
    expect(run.log).toEqual(['read']);
  });
});
