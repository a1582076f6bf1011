import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { saleOf } from '../../test/judge/story.ts';
import { readHistory } from './reader.ts';
import { createHistoryFile, createHistoryPart } from './recorder.ts';
import { createHandClock, makeTestFolder } from './testing/history-files.ts';

const { folder } = makeTestFolder();

describe('parts of a history', () => {
  it('become one history in the order of the calls, each with its own answer', async () => {
    // The part that calls or answers next, and the time until then.
    const happening = fc.record({
      part: fc.integer({ min: 0, max: 3 }),
      answers: fc.boolean(),
      laterNs: fc.integer({ min: 0, max: 5 }),
    });
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 60 }), async (happenings) => {
        runs += 1;
        const clock = createHandClock();
        const path = join(folder, `whole-${runs}.ndjson`);
        const whole = createHistoryFile(path, saleOf({ total: 1 }), clock);
        const paths = [0, 1, 2, 3].map((part) => join(folder, `${runs}.part-${part}`));
        const parts = paths.map((part) => createHistoryPart(part, clock));
        const open: { part: number; id: number; callId: string }[] = [];
        const called: string[] = [];
        const answered: string[] = [];
        for (const { part, answers, laterNs } of happenings) {
          clock.atNs += laterNs;
          const call = answers && open.find((candidate) => candidate.part === part);
          if (call) {
            open.splice(open.indexOf(call), 1);
            answered.push(call.callId);
            const facts = { outcome: 'ok', status: 201, hold: `hold-${call.callId}` } as const;
            parts[part]?.complete(call.id, facts);
            continue;
          }
          const callId = `a${called.length}`;
          const facts = { kind: 'reserve', quantity: 1, callId } as const;
          open.push({ part, id: parts[part]?.invoke(facts) as number, callId });
          called.push(`${clock.atNs} ${callId}`);
        }
        await Promise.all(parts.map((part) => part.close()));
        await whole.adopt(paths);
        expect(whole.counts()).toMatchObject({ invoked: called.length, ok: answered.length });
        await whole.close();

        const { operations, truncated } = await readHistory(path);
        expect(truncated).toBe(false);
        const times = operations.map(({ invokedAtNs }) => invokedAtNs);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(
          operations.map(({ invokedAtNs, callId }) => `${invokedAtNs} ${callId}`).sort(),
        ).toEqual([...called].sort());
        const ended = operations.filter(({ outcome }) => outcome === 'ok');
        expect(ended.map(({ callId }) => callId as string).sort()).toEqual([...answered].sort());
        for (const { hold, callId } of ended) expect(hold).toBe(`hold-${callId}`);
      }),
      { numRuns: 30 },
    );
  });

  it('may hold every character that a text can have', async () => {
    const clock = createHandClock();
    const path = join(folder, 'separators');
    const part = createHistoryPart(path, clock);
    const sku = 'lamp\u2028\u2029\r\n"\\é😀';
    part.complete(part.invoke({ kind: 'reserve', sku, quantity: 1 } as never), {
      ...{ outcome: 'ok', status: 201 },
    } as never);
    await part.close();
    const whole = createHistoryFile(join(folder, 's.ndjson'), saleOf({ total: 1 }), clock);
    await whole.adopt([path]);
    await whole.close();
    const { operations } = await readHistory(join(folder, 's.ndjson'));
    expect([...operations].map((operation) => operation.sku)).toEqual([sku]);
  });

  it('hold operations only', async () => {
    const part = join(folder, 'no-part');
    writeFileSync(part, '{"type":"ledger","entry":{}}\n');
    const clock = createHandClock();
    const whole = createHistoryFile(join(folder, 'h.ndjson'), saleOf({ total: 1 }), clock);
    await expect(whole.adopt([part])).rejects.toThrow('a line that is no operation');
    await whole.close();
  });
});
