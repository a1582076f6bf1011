import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal } from './journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.ndjson');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('has the last state of each payment, in the order in which they began', () => {
  const journal = openJournal(path);
  expect(journal.known).toEqual([]);
  journal.remember({ paymentId: 'a', status: 'pending' });
  journal.remember({ paymentId: 'b', status: 'charged' });
  journal.remember({ paymentId: 'a', status: 'declined', reason: 'No money.' });
  expect(openJournal(path).known).toEqual([
    { paymentId: 'a', status: 'declined', reason: 'No money.' },
    { paymentId: 'b', status: 'charged' },
  ]);
});

it('cuts an incomplete last line off, and continues after the last complete one', () => {
  openJournal(path).remember({ paymentId: 'a', status: 'charged' });
  appendFileSync(path, '{"paymentId":"é');
  const journal = openJournal(path);
  expect(journal.known).toEqual([{ paymentId: 'a', status: 'charged' }]);
  journal.remember({ paymentId: 'b', status: 'void' });
  expect(readFileSync(path, 'utf8')).toBe(
    '{"paymentId":"a","status":"charged"}\n{"paymentId":"b","status":"void"}\n',
  );
});
