import { describe, expect, it } from 'vitest';
import { said, unanswered } from '../../../../test/judge/story.ts';
import type { Operation, OperationKind, Outcome } from '../../../history/operation.ts';
import { isGiven, type NameField } from './names.ts';

const given = (kind: OperationKind, outcome: Outcome, field: NameField): boolean =>
  isGiven({ ...said(kind, 'ann', [0, 5]), id: 1, outcome } as Operation, field);

describe('the answer to a call', () => {
  it('gives a hold where the call takes units and was answered yes', () => {
    expect(given('reserve', 'ok', 'hold')).toBe(true);
    expect(given('reserve', 'info', 'hold')).toBe(false);
    expect(given('release', 'ok', 'hold')).toBe(false);
  });

  it('gives the hold that a late checkout took instead of its own', () => {
    expect(given('confirm', 'ok', 'newHold')).toBe(true);
    expect(given('confirm', 'ok', 'hold')).toBe(false);
    expect(given('confirm', 'info', 'newHold')).toBe(false);
  });

  it('gives the order of a checkout that is not paid yet, and not that of one that failed', () => {
    expect(given('confirm', unanswered('confirm', 'ann', 0).outcome, 'order')).toBe(true);
    expect(given('confirm', 'fail', 'order')).toBe(false);
  });
});
