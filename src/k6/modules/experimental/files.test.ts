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

/** Reads a file from the start to the end, whole and record by record, with options. */
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

/** What reads in ways that cannot be read. */
const WRONG: [file: string, options: string, message: string][] = [
  ['ragged.csv', '{}', 'line 3: 1 fields, and 2 in the first line'],
  ['quoted.csv', '{}', 'line 2: a quote where none can stand, or one that is not closed'],
  ['open.csv', '{}', 'line 2: a quote where none can stand, or one that is not closed'],
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
  const told = { parsed: [], stepped: [], wrong: [], read: [] };
  for (const [name, options] of readings) {
    told.parsed.push(await csv.parse(await open(name), options));
    const parser = new Parser(await open(name), options);
    const rows = [];
    for (let next = await parser.next(); !next.done; next = await parser.next()) rows.push(next.value);
    told.stepped.push(rows);
  }
  for (const [name, options] of wrong) {
    try { await parse(await open(name), options); } catch (error) { told.wrong.push(error.message); }
  }
  const file = await open('points.csv');
  const text = (bytes) => String.fromCharCode(...bytes);
  const bytes = new Uint8Array(4);
  const attempt = async (work) => { try { return await work(); } catch (error) { return error.name; } };
  told.read.push(await file.stat(), file.path.endsWith('/points.csv'));
  told.read.push(await file.read(bytes), text(bytes), await file.seek(-3, SeekMode.End), await file.read(bytes));
  told.read.push(text(bytes), await file.read(bytes), await file.seek(1, SeekMode.Start), await file.seek(2, SeekMode.Current));
  for (const [offset, whence] of [[-1, SeekMode.Start], [1, SeekMode.End], [-9, SeekMode.Current], [0, 7], ['0', 0]]) {
    told.read.push(await attempt(() => file.seek(offset, whence)));
  }
  told.read.push(await attempt(() => file.read([])), await attempt(() => open('gone.csv')), await attempt(() => open('')));
  const shared = await csv.parse(file, { delimiter: ';' });
  export const options = { iterations: 1 };
  export default async function () {
    told.read.push(await attempt(() => open('points.csv')), shared.length, shared[1][0]);
    console.log(JSON.stringify(told));
  }`;

const READ = [
  ...[{ name: 'points.csv', size: 8 }, true, 4, 'n;a\n', 4, 4, '#1;\n', null, 1, 3],
  ...['TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError', 'TypeError'],
  ...['NotFoundError', 'TypeError', 'ForbiddenError', 2, '#1'],
];

describe('k6/experimental/fs and k6/experimental/csv', () => {
  const rows = READINGS.map(([, , each]) => each);

  it('read files piece by piece, and records whole or one by one', async () => {
    const { log, result } = await runScript(SCRIPT, { files: FILES });
    expect(result.exceptions.first).toEqual([]);
    const told = JSON.parse(log[0] ?? '');
    expect(told).toMatchObject({ parsed: rows, stepped: rows, read: READ });
    expect(told.wrong).toEqual(WRONG.map(([, , message]) => expect.stringContaining(message)));
  });

  it('share what was parsed among VUs, who cannot change it, and let each step by itself', async () => {
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

  it('take files of open() alone', async () => {
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
      const told = JSON.parse(log.find((line) => line.startsWith('{')) ?? log.join());
      expect(told).toMatchObject({ parsed: rows, stepped: rows, read: READ });
      expect(told.wrong).toHaveLength(WRONG.length);
    });
  });
});
