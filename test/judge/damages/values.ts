import { middleOf } from './damage.ts';

/** Another value of a field, and a word for it. */
export interface OtherValue {
  value: unknown;
  word: string;
}

const STATES = [
  ['RESERVED', 'CONFIRMED', 'CANCELLED', 'EXPIRED'],
  ['PENDING', 'CONFIRMED', 'FAILED', 'CANCELLED', 'FULFILLED'],
  ['PENDING', 'SUCCESS', 'FAILED'],
  ['PENDING', 'CHARGED', 'DECLINED', 'REFUNDED'],
];
const OUTCOMES = ['ok', 'fail'];
const REWARDED = ['OWED', 'GIVEN', 'GONE'];
const ISO_TIME = /^\d{4}-\d\d-\d\dT/;
const PRICE = /^\d+\.\d\d$/;
/** Longer than any call of a simulated sale. */
const SHIFT_MS = 3_600_000;

/** The values that a field may be damaged to, given the values that it has in all rows. */
export function otherValues(field: string, was: unknown, all: unknown[]): OtherValue[] {
  if (typeof was === 'number') return numbers(field, was);
  if (typeof was === 'boolean') return [{ value: !was, word: String(!was) }];
  if (field === 'outcome') {
    return named(REWARDED.includes(was as string) ? REWARDED : OUTCOMES, was);
  }
  if (field === 'status') return named(statesLike(all), was);
  if (typeof was === 'string' && ISO_TIME.test(was)) return times(was);
  if (typeof was === 'string' && PRICE.test(was)) {
    return [{ value: (Number(was) + 1).toFixed(2), word: 'more' }];
  }
  const others = [...new Set(all)].filter((other) => typeof other === 'string' && other !== was);
  // The reader of a history takes no kind but those that there are.
  const isFree = typeof was === 'string' && field !== 'kind';
  return [
    ...(isFree ? [{ value: `${was}-other`, word: 'unknown' }] : []),
    ...(others.length > 0 ? [{ value: middleOf(others), word: 'of another row' }] : []),
  ];
}

function numbers(field: string, was: number): OtherValue[] {
  const step = field.endsWith('Ns') ? SHIFT_MS * 1e6 : 1;
  return [
    { value: was + step, word: 'more' },
    { value: was - step, word: 'less' },
  ];
}

const named = (names: readonly string[], was: unknown): OtherValue[] =>
  names.filter((name) => name !== was).map((name) => ({ value: name, word: name }));

/** The states of the kind of thing whose rows have these states. */
const statesLike = (all: unknown[]): string[] =>
  STATES.find((states) => all.every((state) => states.includes(state as string))) ?? [];

function times(was: string): OtherValue[] {
  const shifted = (ms: number) => new Date(Date.parse(was) + ms).toISOString().replace('Z', '000Z');
  return [
    { value: shifted(SHIFT_MS), word: 'later' },
    { value: shifted(-SHIFT_MS), word: 'earlier' },
  ];
}
