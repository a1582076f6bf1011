import { NOT_ALONE, type Operation, ofSomeLine } from '../../../src/history/operation.ts';
import { type CorrectStock, isRememberedSoldOut, refuseFromMemory } from './correct-stock.ts';
import type { Random } from './random.ts';
import { boughtBy, type Hold, holdOf } from './shop.ts';

type Lines = readonly Operation[];

/** The counter at which units of several SKUs are reserved, checked out, given back and cancelled: all lines or none. */
export function createBaskets(stock: CorrectStock, random: Random) {
  const { refuse, change, isLapsed, sweepOwn } = stock;
  /** An answer may tell for which lines a basket is refused, or that it is one of them. Both are correct. */
  const tellsLines = random.chance(70);
  return { decide };

  function decide(lines: Lines): Operation[] | undefined {
    switch (lines[0]?.kind) {
      case 'reserve':
        return reserve(lines);
      case 'confirm':
        return confirm(lines);
      case 'buy':
        return buy(lines);
      case 'release':
        return release(lines);
      default:
        return cancel(lines);
    }
  }

  function reserve(lines: Lines): Operation[] {
    if (random.chance(3)) return refuseAll(lines, 'RATE_LIMITED');
    const remembered = lines.map((line) =>
      isRememberedSoldOut(stock, random, line) ? 'OUT_OF_STOCK' : undefined,
    );
    if (remembered.some((code) => code !== undefined)) {
      return refuseLines(lines, remembered, refuseFromMemory);
    }
    const allowsOne = random.chance(50);
    const codes = lines.map(({ sku = '', buyer = '', quantity }) => {
      sweepOwn(sku, buyer);
      return stock.refusalOf({ sku, buyer, quantity }, allowsOne);
    });
    if (codes.some((code) => code !== undefined)) {
      return refuseLines(lines, codes, (_, line, code) => refuse(line, code));
    }
    const startMs = random.int((lines[0]?.invokedAtNs ?? 0) / 1e6, stock.nowMs);
    return lines.map((line) => {
      const { id, sku = '', buyer = '', quantity, basket = '' } = line;
      const made = stock.hold(`hold-${id}`, id, { sku, buyer, quantity }, startMs);
      change(made, { basket });
      return { ...line, hold: made.id };
    });
  }

  function refuseLines(
    lines: Lines,
    codes: (string | undefined)[],
    say: typeof refuseFromMemory,
  ): Operation[] {
    const first = codes.find((code) => code !== undefined) ?? '';
    if (tellsLines) {
      return lines.map((line, place) => say(stock, line, codes[place] ?? NOT_ALONE));
    }
    const code = first === 'RATE_LIMITED' ? first : ofSomeLine(first);
    return lines.map((line) => say(stock, line, code));
  }

  function refuseAll(lines: Lines, code: string): Operation[] {
    return lines.map((line) => refuse(line, code));
  }

  /** Refuses a call about holds that have ended: with the code of their end, or with the one for any end. Both are correct. */
  function refuseEnded(lines: Lines, code: string): Operation[] {
    return refuseAll(lines, random.chance(30) ? 'RESERVATION_NOT_ACTIVE' : code);
  }

  function confirm(lines: Lines): Operation[] {
    const holds = theirs(lines, ({ hold }) => holdOf(stock.world.holds, hold));
    if (holds === undefined) return refuseAll(lines, 'NOT_FOUND');
    if (holds.some(({ state }) => state === 'released')) {
      return refuseAll(lines, 'RESERVATION_NOT_ACTIVE');
    }
    if (holds.some(({ order }) => order !== undefined)) return refuseEnded(lines, 'ORDER_EXISTS');
    if (holds.some(isOver)) return refuseEnded(lines, 'RESERVATION_EXPIRED');
    return sell(lines, holds);
  }

  function sell(lines: Lines, holds: Hold[]): Operation[] {
    return lines.map((line, place) => {
      const order = `order-${line.id}`;
      change(holds[place] as Hold, { state: 'sold', order }, 'sold', line.id);
      return { ...line, order };
    });
  }

  /** Reserves and sells; a payment that comes after the lapse is refused. */
  function buy(lines: Lines): Operation[] | undefined {
    const named = lines.map((line) => ({ ...line, hold: `hold-${line.id}` }));
    const find = () => theirs(named, ({ hold }) => holdOf(stock.world.holds, hold));
    if (find() === undefined) {
      const answer = reserve(lines);
      if (answer[0]?.outcome !== 'ok') return answer;
      if (random.chance(50)) return undefined;
    }
    const holds = find() ?? [];
    if (holds.some(isOver) || random.chance(4)) return refuseAll(lines, 'CONTENTION_LOST');
    return sell(named, holds);
  }

  function release(lines: Lines): Operation[] {
    const holds = theirs(lines, ({ hold }) => holdOf(stock.world.holds, hold));
    if (holds === undefined) return refuseAll(lines, 'NOT_FOUND');
    if (holds.some(isOver)) return refuseEnded(lines, 'RESERVATION_EXPIRED');
    if (holds.some(({ state }) => state !== 'live')) {
      return refuseAll(lines, 'RESERVATION_NOT_ACTIVE');
    }
    return end(lines, holds, 'released');
  }

  function cancel(lines: Lines): Operation[] {
    const holds = theirs(lines, ({ order }) => boughtBy(stock.world.holds, order));
    if (holds === undefined) return refuseAll(lines, 'NOT_FOUND');
    if (holds.some(({ state }) => state !== 'sold')) {
      return refuseAll(lines, 'ORDER_NOT_CANCELLABLE');
    }
    return end(lines, holds, 'returned');
  }

  function end(lines: Lines, holds: Hold[], how: 'released' | 'returned'): Operation[] {
    for (const [place, { id }] of lines.entries()) {
      change(holds[place] as Hold, { state: how }, how, id);
    }
    return [...lines];
  }

  function isOver(hold: Hold): boolean {
    return hold.state === 'swept' || isLapsed(hold);
  }
}

/** The holds that the lines are about, if all of them are there and the buyer's. */
function theirs(lines: Lines, find: (line: Operation) => Hold | undefined): Hold[] | undefined {
  const holds = lines.map(find);
  const areTheirs = holds.every((hold, place) => hold?.buyer === lines[place]?.buyer);
  return areTheirs ? (holds as Hold[]) : undefined;
}
