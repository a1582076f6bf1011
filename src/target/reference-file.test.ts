import { describe, expect, it } from 'vitest';
import { createClassifier } from '../../scenarios/lib/answers.ts';
import { assetPath } from '../kernel/assets.ts';
import { ProblemCode } from '../protocol/problem.ts';
import { describeShop } from './file/describe-shop.ts';
import { readTargetFile } from './file/read-target-file.ts';
import { referenceShop, referenceTarget } from './reference.ts';

const file = await readTargetFile(assetPath('scenarios', 'targets', 'reference.yaml'));
const described = describeShop(file, {});

describe('our own server, described in a target file, is the built-in target', () => {
  it('with the same requests', () => {
    const withoutAnswers = (operations: object) =>
      Object.entries(operations).map(([name, { answers: _, expected: __, later, ...rest }]) => {
        const { answers: ___, expected: ____, ...poll } = later ?? {};
        return [name, { ...rest, later: poll }];
      });
    expect(withoutAnswers(described.operations)).toEqual(withoutAnswers(referenceShop.operations));
  });

  it('recognised and read by the same rules', () => {
    const withoutAnswers = (rules: typeof described.rules) =>
      rules.map(({ answers: _, ...rule }) => rule);
    expect(withoutAnswers(described.rules)).toEqual(withoutAnswers(referenceTarget.operations));
    expect(described).toMatchObject({
      refusalLagMs: referenceTarget.refusalLagMs,
      holdsPerBuyerMax: referenceTarget.holdsPerBuyerMax,
    });
  });

  it('with the same meaning of every code, and the same reason', () => {
    const [own, theirs] = [referenceTarget.answers, described.answers].map(createClassifier);
    const statuses = [200, 201, 202, 302, 400, 401, 402, 404, 409, 410, 422, 429, 500, 502, 503];
    for (const status of statuses) {
      for (const code of [undefined, ...ProblemCode.options]) {
        const answer = {
          ...{ status, header: () => undefined, cookie: () => undefined, text: () => '' },
          json: () => (code === undefined ? undefined : { code }),
        };
        const [ours, read] = [own?.(answer), theirs?.(answer)];
        expect(`${status} ${code} ${read?.is} ${read?.code}`).toBe(
          `${status} ${code} ${ours?.is} ${ours?.code}`,
        );
        const reason = code && referenceTarget.refusals[code];
        if (ours?.is === 'refused' || ours?.is === 'sold_out') {
          expect(described.refusals[read?.code ?? '']).toBe(reason);
        }
      }
    }
  });
});
