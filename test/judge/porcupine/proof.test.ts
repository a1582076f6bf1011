import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canTestWith } from '../../services.ts';
import { seedOf } from '../oracle/random.ts';
import { type Call, said, saleOf } from '../story.ts';
import { type AskedHistory, askPorcupine, buildPorcupine } from './ask-porcupine.ts';
import { compare } from './compare.ts';
import { oracleHistory, simulatedHistory } from './histories.ts';

/** `npm run proof:porcupine` goes through as many as one likes. */
const SALES = 24;
const HISTORIES = 150;
const SEED = 1;

describe.skipIf(!canTestWith('go'))('the judge beside Porcupine, which needs go', () => {
  let folder: string;
  const program = () => join(folder, 'porcupine');
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porcupine-'));
    await buildPorcupine(program());
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is asked about what `verify --export porcupine` writes', async () => {
    const sale = saleOf({ total: 1, holdTtlMs: 100, sweepGraceMs: 10 });
    const history = (...calls: Call[]): AskedHistory => ({
      sale,
      operations: calls.map((call, place) => ({ ...call, id: place + 1 })),
    });
    const reserve = (buyer: string, times: [number, number]) =>
      said('reserve', buyer, times, { hold: buyer });
    const full = (times: [number, number]): Call => ({
      ...reserve('cem', times),
      ...{ hold: undefined, outcome: 'fail', code: 'OUT_OF_STOCK' },
    });
    const late = (newHold?: string) =>
      said('confirm', 'ann', [120, 121], { hold: 'ann', order: 'o', ...(newHold && { newHold }) });
    expect(
      await askPorcupine(program(), [
        history(reserve('ann', [0, 5]), reserve('ben', [90, 99])),
        history(reserve('ann', [0, 5]), reserve('ben', [90, 100])),
        history(reserve('ann', [10, 20]), full([0, 9])),
        history(reserve('ann', [10, 20]), full([0, 10])),
        history(reserve('ann', [0, 1]), late()),
        history(reserve('ann', [0, 1]), late('again')),
      ]),
    ).toEqual(['Illegal', 'Ok', 'Illegal', 'Ok', 'Illegal', 'Ok']);
  });

  it('agrees with it', { timeout: 180_000 }, async () => {
    const numbers = Array.from({ length: HISTORIES }, (_, place) => seedOf(SEED, place));
    const compared = await compare(program(), [
      ...numbers.slice(0, SALES).map(simulatedHistory),
      ...numbers.flatMap((seed) => oracleHistory(seed) ?? []),
    ]);
    expect(compared.flatMap(({ disagreement }) => disagreement ?? [])).toEqual([]);
    const [illegal, others] = [true, false].map((is) =>
      compared.filter(({ opinion }) => (opinion === 'Illegal') === is),
    );
    expect(illegal?.length).toBeGreaterThan(30);
    expect(others?.length).toBeGreaterThan(50);
  });
});
