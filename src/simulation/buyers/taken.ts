import type { CallFacts, Effect, LineFacts } from '../network.ts';
import type { Answer } from '../server/answer.ts';
import type { Server } from '../server/server.ts';

/** Units that a buyer was given, of one SKU or of several in a basket, and what can be done to them. */
export interface Taken {
  confirm: Deed;
  release: Deed;
  /** Cancels what was bought; undefined as long as no answer has named an order. */
  cancel(bought: Answer): Deed | undefined;
}

/** A call about something, by whoever makes it. */
export interface Deed {
  facts: Omit<CallFacts, 'buyer'>;
  effect: Effect;
}

/** Units that an answer has given; undefined if it has given none. */
export function takenBy(answer: Answer, wanted: LineFacts[], server: Server): Taken | undefined {
  if (answer.outcome !== 'ok') return undefined;
  const { hold, basket, lines } = answer;
  if (basket !== undefined) return takenInBasket(basket, linesOf(wanted, lines), server);
  return hold === undefined ? undefined : takenAlone(hold, server);
}

const takenAlone = (hold: string, { shop }: Server): Taken => ({
  confirm: {
    facts: { kind: 'confirm', hold },
    effect: (request) => shop.confirm(request, hold),
  },
  release: {
    facts: { kind: 'release', hold },
    effect: (request) => shop.release(request, hold),
  },
  cancel: ({ order }) =>
    order === undefined
      ? undefined
      : { facts: { kind: 'cancel', order }, effect: (request) => shop.cancelOrder(request, order) },
});

function takenInBasket(basket: string, lines: LineFacts[], { baskets }: Server): Taken {
  const held = lines.map(({ sku, quantity, hold }) => ({ sku, quantity, hold }));
  return {
    confirm: {
      facts: { kind: 'confirm', lines: held },
      effect: (request) => baskets.confirm(request, basket),
    },
    release: {
      facts: { kind: 'release', lines: held },
      effect: (request) => baskets.release(request, basket),
    },
    cancel(bought) {
      const ordered = linesOf(lines, bought.lines);
      if (ordered.every(({ order }) => order === undefined)) return undefined;
      return {
        facts: {
          kind: 'cancel',
          lines: ordered.map(({ sku, quantity, order }) => ({ sku, quantity, order })),
        },
        effect: (request) => baskets.cancel(request, basket),
      };
    },
  };
}

/** The lines that were wanted with the ids that an answer has given them. */
const linesOf = (wanted: LineFacts[], told: Answer['lines'] = []): LineFacts[] =>
  wanted.map((line, place) => ({ ...line, ...pickIds(told[place]) }));

const pickIds = ({ hold, order }: Pick<LineFacts, 'hold' | 'order'> = {}): Partial<LineFacts> => ({
  ...(hold === undefined ? {} : { hold }),
  ...(order === undefined ? {} : { order }),
});
