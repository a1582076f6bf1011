import type { Operation, SaleFacts } from '../history/operation.ts';
import { UserError } from '../kernel/errors.ts';
import type { NamedHistory } from './named-history.ts';

/**
 * Refuses histories that are not the parts of one sale: what one of them lacks would look as if the server had made it up.
 *
 * @throws UserError (usage)
 */
export function assertOneSale(named: NamedHistory[]): void {
  for (const { path, history } of named) {
    if (history.truncated) {
      throw UserError.usage(`${path} was cut off, so the histories cannot be judged together`, {
        why: 'it has no closing line, so whoever recorded it was killed: its last calls may be missing, and the ledger has what they did',
        next: 'prepare the sale again, and run all of its parts',
      });
    }
  }
  const [first, ...others] = named as [NamedHistory, ...NamedHistory[]];
  for (const other of others) assertSameSale(first, other);
  for (const [place, one] of named.entries()) {
    for (const other of named.slice(place + 1)) assertNotTwice(one, other);
  }
  assertNoCallTwice(named);
  assertAllParts(named);
}

/**
 * Refuses a history that is one of several, alone.
 *
 * @throws UserError (usage)
 */
export function assertWhole({ path, history: { sale } }: NamedHistory): void {
  const { part } = sale;
  if (part === undefined || part.of === 1) return;
  throw UserError.usage(`${path} is part ${part.number} of ${part.of} of a sale`, {
    why: 'the ledger has what the buyers of the other parts did as well',
    next: `name all ${part.of} histories: flashsale-cli verify ${path} …`,
  });
}

/** The facts in which histories of one sale are the same. Each generator may call the servers by addresses of its own. */
const SAME_FACTS = [
  ...(['skus', 'scenario', 'shop', 'nobodyElseBuys', 'unitsPerBuyerMax'] as const),
  ...(['holdsPerBuyerMax', 'holdTtlMs', 'sweepGraceMs', 'refusalLagMs', 'readLagMs'] as const),
  ...(['soldUntilSwept', 'refusals', 'sellOutExpected', 'challenges'] as const),
];

/** Promises of a manifest beside the instances that are scraped: one generator scrapes for all. */
const SAME_PROMISES = [
  ...(['ledger', 'sequences', 'oneClock', 'consumers', 'invariants', 'counters'] as const),
  'generator' as const,
];

function assertSameSale(one: NamedHistory, other: NamedHistory): void {
  const factOf = ({ history: { sale } }: NamedHistory, name: keyof SaleFacts): string =>
    JSON.stringify(sale[name]);
  const fact = SAME_FACTS.find((name) => factOf(one, name) !== factOf(other, name));
  const promise = SAME_PROMISES.find(
    (name) =>
      JSON.stringify(one.history.sale.evidence[name]) !==
      JSON.stringify(other.history.sale.evidence[name]),
  );
  const differs = fact ?? (promise && `evidence.${promise}`);
  if (differs === undefined) return;
  throw UserError.usage(`${one.path} and ${other.path} are of different sales`, {
    why: `their sales differ in \`${differs}\``,
    next: 'name only histories that several load generators recorded of one sale, or judge each alone',
  });
}

function assertNotTwice(one: NamedHistory, other: NamedHistory): void {
  const [a, b] = [one.history, other.history];
  const isSame =
    a.sale.startedAtMs === b.sale.startedAtMs &&
    a.sale.startedAtNs === b.sale.startedAtNs &&
    a.operations.length === b.operations.length &&
    a.operations.every((call, place) => isSameCall(call, b.operations[place] as Operation));
  if (!isSame) return;
  throw UserError.usage(`${one.path} and ${other.path} are the same history`, {
    why: 'they have the same calls at the same times',
    next: 'name each history once',
  });
}

const isSameCall = (a: Operation, b: Operation): boolean =>
  a.invokedAtNs === b.invokedAtNs && a.kind === b.kind && a.callId === b.callId;

function assertNoCallTwice(named: NamedHistory[]): void {
  const seen = new Map<string, string>();
  for (const { path, history } of named) {
    for (const { callId } of history.operations) {
      if (callId === undefined) continue;
      const before = seen.get(callId);
      if (before !== undefined && before !== path) {
        throw UserError.usage(`${before} and ${path} have a call in common`, {
          why: `both recorded call ${callId}, and each call has an id of its own`,
          next: 'name each history once, and only histories of generators with their own buyers',
        });
      }
      seen.set(callId, path);
    }
  }
}

function assertAllParts(named: NamedHistory[]): void {
  const parts = named.map(({ history }) => history.sale.part);
  const of = parts.find((part) => part !== undefined)?.of;
  if (of === undefined) return;
  const [first] = parts;
  for (const [place, part] of parts.entries()) {
    if (part?.sale !== first?.sale) {
      throw UserError.usage(
        `${named[0]?.path} and ${named[place]?.path} are parts of different sales`,
        {
          why: 'each was fired after another preparation',
          next: 'name only the histories of the parts that were run with one prepared sale',
        },
      );
    }
    if (part?.plan !== first?.plan) {
      throw UserError.usage(
        `${named[0]?.path} and ${named[place]?.path} are not parts of one plan`,
        {
          why: 'their loads were fired with other flags (-e, --vus …) or from other versions of the script, so buyers may have come twice or never',
          next: 'prepare the sale again, and give all parts the same script and flags',
        },
      );
    }
    if (part?.of === of) continue;
    throw UserError.usage(`${named[place]?.path} is not one of ${of} parts`, {
      why: part === undefined ? 'it says nothing of parts' : `it is one of ${part.of}`,
      next: 'name only the histories of one sale that was fired in parts',
    });
  }
  for (let number = 1; number <= of; number++) {
    const same = named.filter((_, place) => parts[place]?.number === number);
    if (same.length === 1) continue;
    throw UserError.usage(
      same.length === 0
        ? `part ${number} of ${of} of the sale is missing`
        : `part ${number} of ${of} is there ${same.length} times: ${same.map(({ path }) => path).join(', ')}`,
      {
        why: 'the ledger has what the buyers of all parts did, each once',
        next: `name the ${of} histories of one run of all parts`,
      },
    );
  }
}
