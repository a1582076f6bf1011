import { describe, expect, it } from 'vitest';
import { describeWithK6, runInK6 } from '../../../../test/k6.ts';
import { runScript } from '../../testing/run-script.ts';

const FILES = {
  'people.csv': 'name,age\r\nJohn,30\n\n"Ja ""q"" ne",25\nBob,"a,b\nc"',
  'points.csv': 'n;a\n#1;\n',
  'empty.csv': '',
  'ragged.csv': 'n,a\n1,2\n3\n',
  'quoted.csv': 'n,a\n1,x"y"\n',
  'open.csv': 'n,a\n1,"x\n',
};

const IMPORTS = `
  import { open, SeekMode } from 'k6/experimental/fs';
  import csv, { parse, Parser } from 'k6/experimental/csv';`;

/** Files with options, and the rows that both ways of reading them give. */
const READINGS: [file: string, options: string, rows: unknown[]][] = [
  [
    'people.csv',
    '{}',
    [
      ['name', 'age'],
      ['John', '30'],
      ['Ja "q" ne', '25'],
      ['Bob', 'a,b\nc'],
    ],
  ],
  [
    'people.csv',
    '{ skipFirstLine: true, toLine: 2 }',
    [
      ['John', '30'],
      ['Ja "q" ne', '25'],
    ],
  ],
  [
    'people.csv',
    '{ fromLine: 1, toLine: 2 }',
    [
      ['John', '30'],
      ['Ja "q" ne', '25'],
    ],
  ],
  ['people.csv', '{ fromLine: 3, toLine: 99 }', [['Bob', 'a,b\nc']]],
  ['people.csv', '{ fromLine: 4 }', []],
  [
    'people.csv',
    '{ asObjects: true, toLine: 2 }',
    [
      { name: 'John', age: '30' },
      { name: 'Ja "q" ne', age: '25' },
    ],
  ],
  [
    'points.csv',
    `{ delimiter: ';' }`,
    [
      ['n', 'a'],
      ['#1', ''],
    ],
  ],
  ['points.csv', '{}', [['n;a'], ['#1;']]],
  ['empty.csv', '{}', []],
];

/** Files and options that cannot be read, and their errors. */
const WRONG: [file: string, options: string, message: string][] = [
  ['ragged.csv', '{}', 'line 3: 1 fields, and 2 in the first line'],
  ['quoted.csv', '{}', 'line 2: a quote in the middle of a field, or one that is not closed'],
  ['open.csv', '{}', 'line 2: a quote in the middle of a field, or one that is not closed'],
  ['empty.csv', '{ asObjects: true }', 'the file has only 0 lines'],
  ['people.csv', '{ fromLine: 9 }', 'the file has only 4 lines'],
  ['people.csv', '{ fromLine: 2, toLine: 2 }', 'there are no lines from 2 to 2'],
  ['people.csv', '{ fromLine: -1 }', 'there are no lines from -1 to 0'],
  ['people.csv', '{ asObjects: true, fromLine: 1 }', 'asObjects needs the first line'],
  ['people.csv', `{ delimiter: ';;' }`, 'delimiter: ";;" is not a character'],
];

const SCRIPT = `${IMPORTS}
  const readings = [${READINGS.map(([file, options]) => `['${file}', ${options}]`).join(', ')}];
  const wrong = [${WRONG.map(([file, options]) => `['${file}', ${options}]`).join(', ')}];
  const results = { parsed: [], stepped: [], wrong: [], read: [] };
  for (const [name, options] of readings) {
    results.parsed.push(await csv.parse(await open(name), options));
    const parser = new Parser(await open(name), options);
    const rows = [];
    for (let next = await parser.next(); !next.done; next = await parser.next()) rows.push(next.value);
    results.stepped.push(rows);
  }
  for (const [name, options] of wrong) {
    try { await parse(await open(name), options); } catch (error) { results.wrong.push(error.message); }
  }
  const file = await open('points.csv');
  const text = (bytes) => String.fromCharCode(...bytes);
  const bytes = new Uint8Array(4);
  const outcomeOf = async (work) => { try { return await work(); } catch (error) { return error.name; } };
  results.read.push(await file.stat(), file.path.endsWith('/points.csv'));
  results.read.push(await file.read(bytes), text(bytes), await file.seek(-3, SeekMode.End), await file.read(bytes));
  results.read.push(text(bytes), await file.read(bytes), await file.seek(1, SeekMode.Start), await file.seek(2, SeekMode.Current));
  for (const [offset, whence] of [[-1, SeekMode.Start], [1, SeekMode.End], [-9, SeekMode.Current], [0, 7], ['0', 0]]) {
    results.read.push(await outcomeOf(() => file.seek(offset, whence)));
  }
  results.read.push(await outcomeOf(() => file.read([])), await outcomeOf(() => open('gone.csv')), await outcomeOf(() => open('')));
  const shared = await csv.parse(file, { delimiter: ';' });
  export const options = { iterations: 1 };
  export default async function () {
    results.read.push(await outcomeOf(() => open('points.csv')), shared.length, shared[1][0]);
    console.log(JSON.stringify(results));
  }`;

const READ = [
  ...[{ name: 'points.csv', size: 8 }, true, 4, 'n;a\n', 4, 4, '#1;\n', null, 1, 3],
  ...['TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError'],
  ...['NotFoundError', 'TypeError', 'ForbiddenError', 2, '#1'],
];

describe('k6/experimental/fs and k6/experimental/csv', () => {
  const rows = READINGS.map(([, , each]) => each);

  it('read files piece by piece, and records all at once or one by one', async () => {
    const { log, result } = await runScript(SCRIPT, { files: FILES });
    expect(result.exceptions.first).toEqual([]);
    const results = JSON.parse(log[0] ?? '');
    expect(results).toMatchObject({ parsed: rows, stepped: rows, read: READ });
    expect(results.wrong).toEqual(WRONG.map(([, , message]) => expect.stringContaining(message)));
  });

  it('share parsed rows among VUs, which cannot change them, and give each VU a parser of its own', async () => {
    const { log } = await runScript(
      `${IMPORTS}
       const file = await open('points.csv');
       const rows = await parse(file, { delimiter: ';' });
       const parser = new Parser(file);
       export const options = { scenarios: { s: { executor: 'per-vu-iterations', vus: 2 } } };
       export default async function () {
         try { rows[0][0] = __VU; } catch (error) { console.log(error.name, (await parser.next()).value[0]); }
       }`,
      { files: FILES },
    );
    expect(log).toEqual(['TypeError n;a', 'TypeError n;a']);
  });

  it('take only files of open()', async () => {
    const { result } = await runScript(
      `${IMPORTS} export default async function () { await parse('points.csv'); }`,
    );
    expect(result.exceptions.first).toEqual([
      expect.stringContaining('CSV is read from a file that open() of k6/experimental/fs'),
    ]);
  });

  describeWithK6('in k6', () => {
    it('read the same', async () => {
      const { log } = await runInK6(SCRIPT, { files: FILES });
      const results = JSON.parse(log.find((line) => line.startsWith('{')) ?? log.join());
      expect(results).toMatchObject({ parsed: rows, stepped: rows, read: READ });
      expect(results.wrong).toHaveLength(WRONG.length);
    });
  });
});
