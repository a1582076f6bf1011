import { NS_PER_MS, type World } from '../world.ts';
import { type Answer, type Request, refuse } from './answer.ts';
import type { Server } from './server.ts';

/** A hold that still has this long to live surely has not lapsed by the time the answer arrives. */
const SURELY_LIVE_NS = 15 * NS_PER_MS;

const SHARE_OF_LIES = 0.2;

/** Lets a server whose ledger is right answer wrongly: refuse for reasons that are not true, and show what is not so. */
export function tellLies(world: World, server: Server): Server {
  const { bug, random, timeline } = world;
  const { stock, shop, baskets, campaign, flashSale, tickets } = server;
  const lies = (isFalse: boolean): boolean => {
    if (!isFalse || random() >= SHARE_OF_LIES) return false;
    world.harm++;
    return true;
  };
  const isLive = (holdId: string, buyer: string): boolean => {
    const hold = stock.holdsById.get(holdId);
    return (
      hold?.buyer === buyer &&
      hold.status === 'RESERVED' &&
      hold.createdNs < world.clock.nowNs() - SURELY_LIVE_NS / 3 &&
      hold.expiresNs > world.clock.nowNs() + SURELY_LIVE_NS
    );
  };
  const shownAtGate = new Set<string>();
  const neverLetIn = new Set<string>();
  const shown = new Map<string, { atNs: number; answer: Answer }[]>();

  return {
    ...server,
    readStock(sku) {
      const now = server.readStock(sku);
      const states = shown.get(sku) ?? [];
      states.push({ atNs: timeline.nowNs(), answer: now });
      shown.set(sku, states);
      const { available = 0, reserved = 0, sold } = now.observed ?? {};
      if (bug === 'invented-count' && lies(reserved > 0)) {
        return { ...now, observed: { available: available + 1, reserved: reserved - 1, sold } };
      }
      const old = states.findLast(({ atNs }) => atNs < timeline.nowNs() - SURELY_LIVE_NS);
      const isStale = old !== undefined && (old.answer.sequence ?? 0) < (now.sequence ?? 0);
      return bug === 'stale-read' && isStale && lies(true) ? old.answer : now;
    },
    shop: {
      ...shop,
      reserve(request, wanted) {
        const { sku } = wanted;
        const isFree = stock.holdOf(sku, request.buyer) === undefined;
        const { sequence } = stock.shelf(sku);
        if (bug === 'false-already-reserved' && lies(isFree))
          return refuse('ALREADY_RESERVED', sequence);
        if (bug === 'false-already-purchased' && lies(isFree))
          return refuse('ALREADY_PURCHASED', sequence);
        if (bug === 'stale-refusal' && lies(sequence > 40))
          return refuse('OUT_OF_STOCK', sequence - 40);
        return shop.reserve(request, wanted);
      },
      confirm(request, holdId) {
        const live = isLive(holdId, request.buyer);
        if (bug === 'false-expiry' && lies(live)) return refuse('RESERVATION_EXPIRED');
        if (bug === 'false-not-found' && lies(live)) return refuse('NOT_FOUND');
        if (bug === 'false-order-exists' && lies(live)) return refuse('ORDER_EXISTS');
        return shop.confirm(request, holdId);
      },
      release(request, holdId) {
        const live = isLive(holdId, request.buyer);
        if (bug === 'false-not-active' && lies(live)) return refuse('RESERVATION_NOT_ACTIVE');
        return shop.release(request, holdId);
      },
    },
    baskets: {
      ...baskets,
      hold(request, wanted) {
        const hasNone = wanted.every(({ sku }) => stock.holdOf(sku, request.buyer) === undefined);
        if (bug === 'false-already-reserved-of-some-line' && lies(hasNone))
          return refuse('ALREADY_RESERVED');
        const areFree =
          hasNone && wanted.every(({ sku, quantity }) => stock.shelf(sku).available >= quantity);
        if (bug === 'false-sold-out-of-some-line' && lies(areFree)) return refuse('OUT_OF_STOCK');
        if (bug !== 'false-basket-sold-out' || !lies(areFree)) return baskets.hold(request, wanted);
        const lines = wanted.map(({ sku }, place) =>
          place === 0
            ? { sku, code: 'OUT_OF_STOCK', sequence: stock.shelf(sku).sequence }
            : { sku },
        );
        return { ...refuse('OUT_OF_STOCK'), lines };
      },
    },
    campaign: {
      ...campaign,
      redeem(request: Request, code) {
        const isUnused = campaign.vouchers.get(code)?.usedAt === null;
        if (bug === 'false-voucher-used' && lies(isUnused)) return refuse('VOUCHER_USED');
        return campaign.redeem(request, code);
      },
    },
    tickets: {
      ...tickets,
      checkIn(request, code) {
        const isFirst = !shownAtGate.has(code);
        shownAtGate.add(code);
        // Such a ticket is never let in, however often it is shown.
        if (bug === 'false-ticket-used' && lies(isFirst)) neverLetIn.add(code);
        return neverLetIn.has(code) ? refuse('TICKET_CHECKED_IN') : tickets.checkIn(request, code);
      },
    },
    flashSale: {
      ...flashSale,
      accept(request, sku) {
        const isFirst = !flashSale.attempts.has(`${sku} ${request.buyer}`);
        if (bug === 'false-already-attempted' && lies(isFirst)) return refuse('ALREADY_ATTEMPTED');
        return flashSale.accept(request, sku);
      },
      decisionOf(sku, buyer) {
        const answer = flashSale.decisionOf(sku, buyer);
        const isDecided = answer.observed?.decision !== 'PENDING';
        if (bug === 'success-then-pending' && lies(isDecided)) {
          return { ...answer, observed: { decision: 'PENDING' } };
        }
        return answer;
      },
    },
  };
}
