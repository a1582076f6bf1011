import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VerdictDocument } from '../../src/report/run-document.ts';
import { createWorkplace, type Workplace } from './cli.ts';

let place: Workplace;
beforeEach(async () => {
  place = await createWorkplace();
});
afterEach(() => place.remove());

interface Line {
  type: string;
  id?: number;
  at?: number;
  buyer?: string;
}

const CALLS = new Set(['invoke', 'ok', 'fail', 'info']);
/** The second generator's clock is ahead by so much. */
const AHEAD_NS = 5_000_000_000;

/** Cuts the history of a simulated sale in two, as generators would have recorded it, each for half of the buyers. */
async function recordInParts(...args: string[]): Promise<void> {
  await place.run(['simulate', ...args, '--history', 'whole.ndjson']);
  const text = await readFile(join(place.folder, 'whole.ndjson'), 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const called = lines.filter(({ type }) => type === 'invoke');
  const buyers = [...new Set(called.map(({ buyer }) => buyer))];
  const partOf = new Map(called.map(({ id, buyer }) => [id, buyers.indexOf(buyer) % 2]));
  for (const part of [0, 1]) {
    const isOf = ({ type, id }: Line) =>
      CALLS.has(type)
        ? partOf.get(id) === part
        : part === 0 || ['sale', 'generator', 'end'].includes(type);
    const ids = new Map(called.filter(isOf).map(({ id }, index) => [id, index + 1]));
    const own = lines.filter(isOf).map((line) => {
      if (CALLS.has(line.type)) {
        return { ...line, id: ids.get(line.id), at: (line.at ?? 0) + part * AHEAD_NS };
      }
      if (line.type === 'sale') return saleOf(part, line);
      const scrapes = part === 0 ? {} : { scrapes: 0 };
      return line.type === 'end' ? { ...line, invoked: ids.size, ...scrapes } : line;
    });
    const written = own.map((line) => `${JSON.stringify(line)}\n`).join('');
    await writeFile(join(place.folder, `part-${part + 1}.ndjson`), written);
  }
}

function saleOf(part: number, line: Line): object {
  const sale = line as Line & { startedAtNs: number; evidence: { scraped: string[] } };
  const scraped = part === 0 ? sale.evidence.scraped : [];
  return {
    ...sale,
    part: { number: part + 1, of: 2 },
    startedAtNs: sale.startedAtNs + part * AHEAD_NS,
    evidence: { ...sale.evidence, scraped },
  };
}

const BOTH = ['part-1.ndjson', 'part-2.ndjson'];

it('judges two histories of one sale as one, and draws them on one page', async () => {
  await recordInParts('--buyers', '300', '--seed', '4');
  const { stdout, code } = await place.run(['verify', ...BOTH, '--json']);
  const { verdict } = VerdictDocument.parse(JSON.parse(stdout));
  expect({ code, status: verdict.status }).toEqual({ code: 0, status: 'valid' });
  expect(verdict.notes?.join()).toContain('the verdict over 2 histories');

  const drawn = await place.run(['report', ...BOTH, '--output', 'sale.html']);
  expect({ code: drawn.code, stderr: drawn.stderr }).toEqual({ code: 0, stderr: '' });
  expect(await readFile(join(place.folder, 'sale.html'), 'utf8')).toContain('</html>');
});

it('finds in two histories what a whole one shows', async () => {
  await recordInParts('--bug', 'lost-update', '--seed', '3');
  const { stdout, code } = await place.run(['verify', ...BOTH]);
  expect(code).toBe(10);
  expect(stdout).toContain('✗ never-oversold');
});

it('refuses one of several histories alone, and one that is named twice', async () => {
  await recordInParts('--buyers', '30', '--seed', '4');
  const alone = await place.run(['verify', 'part-2.ndjson']);
  expect({ code: alone.code, stderr: alone.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('part 2 of 2 of a sale'),
  });
  const twice = await place.run(['verify', 'part-1.ndjson', 'part-1.ndjson']);
  expect({ code: twice.code, stderr: twice.stderr }).toEqual({
    code: 2,
    stderr: expect.stringContaining('are the same history'),
  });
});
