import {
  NOT_ALONE,
  type Operation,
  type OperationKind,
  ofSomeLine,
  takesStock,
} from '../history/operation.ts';
import { type Answer, type Request, refuse, type Work } from './server/answer.ts';
import type { Instances } from './server/instances.ts';
import { idOf, isDead, type World } from './world.ts';

export interface CallFacts {
  kind: OperationKind;
  /** Absent for a call that anybody may make. */
  buyer?: string;
  /** The SKU, where the request names it. */
  sku?: string;
  quantity?: number;
  hold?: string;
  order?: string;
  voucher?: string;
  ticket?: string;
  idempotencyKey?: string;
  /** The lines of a basket. Each is recorded as an operation of its own. */
  lines?: LineFacts[];
}

export type LineFacts = Pick<CallFacts, 'sku' | 'quantity' | 'hold' | 'order'>;

/** The server's work on a call. */
export type Effect = (request: Request) => Work;

/** Carries calls to the server and records them. A call takes effect between its two ends, or its answer never comes. */
export interface Network {
  operations: Operation[];
  /** Sends one call, or some with one key a moment apart; `then` is given the first answer that is no fault of the key. */
  call(facts: CallFacts, effect: Effect, then?: (answer: Answer) => void): void;
  /** Sends one call. */
  send(facts: CallFacts, effect: Effect, then?: (answer: Answer) => void): void;
}

/** The routes of the calls, as the metrics name them. */
const ROUTE_OF: Record<OperationKind, [method: string, route: string]> = {
  reserve: ['POST', '/api/v1/reservations'],
  confirm: ['POST', '/api/v1/orders/checkout'],
  release: ['DELETE', '/api/v1/reservations/:id'],
  cancel: ['POST', '/api/v1/orders/:id/cancel'],
  buy: ['POST', '/tickets/purchase'],
  register: ['POST', '/api/v1/register'],
  redeem: ['POST', '/api/v1/voucher/use'],
  attempt: ['POST', '/api/flash-sale/attempt/:saleId'],
  'check-in': ['POST', '/tickets/:code/check-in'],
  read: ['GET', '/api/v1/products/:skuId/availability'],
  track: ['POST', '/analytics/track'],
};

/** The routes of the calls for baskets. Tickets of several types are bought by the route of those of one. */
const BASKET_ROUTE_OF: Partial<typeof ROUTE_OF> = {
  reserve: ['POST', '/api/v1/baskets'],
  confirm: ['POST', '/api/v1/baskets/:id/checkout'],
  release: ['DELETE', '/api/v1/baskets/:id'],
  cancel: ['POST', '/api/v1/baskets/:id/cancel'],
};

const QUEST_ROUTE = ['POST', '/quests/:questId/progress'] as const;

export function createNetwork(world: World, { inc }: Instances): Network {
  const { random, timeline, networkNs, options } = world;
  const operations: Operation[] = [];
  const claimKey = createKeys(world);
  let wishes = 0;

  function call(facts: CallFacts, effect: Effect, then: (answer: Answer) => void = () => {}): void {
    if (random() >= options.retryRate) {
      send(facts, effect, then);
      return;
    }
    const idempotencyKey = `wish-${++wishes}`;
    let isAnswered = false;
    const first = (answer: Answer): void => {
      if (isAnswered || answer.code === 'IDEMPOTENCY_IN_FLIGHT') return;
      isAnswered = true;
      then(answer);
    };
    const times = 2 + Math.floor(random() * 3);
    for (let time = 0; time < times; time++) {
      timeline.after(time * networkNs(), () =>
        send({ ...facts, idempotencyKey }, claimKey(idempotencyKey, effect), first),
      );
    }
  }

  function send(facts: CallFacts, effect: Effect, then: (answer: Answer) => void = () => {}): void {
    const instance = Math.floor(random() * options.instances);
    const callId = idOf('c', operations.length + 1);
    const recorded = recordCall(facts, callId, instance);
    const isLost = random() < options.lossRate;
    if (isDead(world, instance)) {
      for (const operation of recorded) {
        operation.outcome = 'fail';
        operation.code = 'ECONNREFUSED';
        operation.completedAtNs = timeline.nowNs() + 1;
      }
      return;
    }
    if (isLost && random() < 0.5) return;
    const request = { buyer: facts.buyer ?? '', callId, instance };

    function goOn(work: Work): void {
      if ('afterNs' in work) timeline.after(work.afterNs, () => goOn(work.goOn()));
      else if (!isDead(world, instance)) answer(work);
    }
    function answer(given: Answer): void {
      count(facts, given, instance);
      if (isLost) return;
      timeline.after(networkNs(), () => {
        if (isDead(world, instance)) return;
        for (const [place, operation] of recorded.entries()) {
          const said = facts.lines === undefined ? given : saidOfLine(place, facts, given);
          recordAnswer(operation, said, timeline.nowNs());
        }
        then(given);
      });
    }
    timeline.at(world.commitNs(timeline.nowNs() + networkNs()), () => {
      if (!isDead(world, instance)) goOn(effect(request));
    });
  }

  /** Counts an answered request, a moment after the answer was handed to the network. */
  function count({ kind, lines }: CallFacts, given: Answer, instance: number): void {
    const { status, observed } = given;
    const isOfQuest = kind === 'register' && options.flow === 'quest';
    const ofBasket = lines === undefined ? undefined : BASKET_ROUTE_OF[kind];
    const [method, template] = isOfQuest ? QUEST_ROUTE : (ofBasket ?? ROUTE_OF[kind]);
    const route = observed?.decision === undefined ? template : '/api/orders/status/:productId';
    const labels = { method, route, status: String(status) };
    timeline.after(networkNs(), () => inc(instance, 'flashsale_http_requests_total', labels));
  }

  /** Records a call, of a basket each line. */
  function recordCall({ lines, ...facts }: CallFacts, callId: string, instance: number) {
    const { kind, buyer, idempotencyKey, voucher, ticket } = facts;
    const requestId = `r${operations.length + 1}`;
    return (lines ?? [facts]).map(({ sku, quantity = 1, hold, order }, place) => {
      const partOf = (id: string) => (lines === undefined ? id : `${id}.${place + 1}`);
      const operation: Operation = {
        id: operations.length + 1,
        ...{ kind, sku, buyer, quantity },
        callId: partOf(callId),
        idempotencyKey: idempotencyKey && partOf(idempotencyKey),
        ...{ hold, order, voucher },
        ...(ticket === undefined ? {} : { ticket }),
        ...(lines === undefined ? {} : { basket: callId }),
        invokedAtNs: timeline.nowNs(),
        outcome: 'info',
        completedAtNs: Number.POSITIVE_INFINITY,
        status: 0,
        code: undefined,
        sequence: undefined,
        requestId,
        instance: world.sale.target[instance],
      };
      operations.push(operation);
      return operation;
    });
  }

  /** The answer as that to one line of a basket: the reason of a refusal is that of the lines for which it is given. */
  function saidOfLine(place: number, { kind, lines = [] }: CallFacts, given: Answer): Answer {
    const { code } = given;
    const line = given.lines?.[place];
    if (line !== undefined) {
      return {
        ...given,
        ...line,
        code: given.outcome === 'fail' ? (line.code ?? NOT_ALONE) : code,
      };
    }
    const isOfSome =
      takesStock(kind) && lines.length > 1 && code !== undefined && code in world.sale.refusals;
    return isOfSome ? { ...given, code: ofSomeLine(code) } : given;
  }

  return { operations, call, send };
}

function recordAnswer(operation: Operation, answer: Answer, atNs: number): void {
  operation.outcome = answer.outcome;
  if (answer.outcome !== 'info') operation.completedAtNs = atNs;
  operation.status = answer.status;
  operation.code = answer.code;
  operation.sku ??= answer.sku;
  if (operation.hold === undefined) operation.hold = answer.hold;
  else if (answer.hold !== undefined && answer.hold !== operation.hold) {
    operation.newHold = answer.hold;
  }
  operation.order ??= answer.order;
  operation.voucher ??= answer.voucher;
  operation.sequence = answer.sequence;
  if (answer.observed !== undefined) operation.observed = answer.observed;
}

/**
 * The server's memory of Idempotency-Keys: the first call with a key is worked on, the others get its answer. A call that
 * comes before that answer is refused, and an answer that may be another one next time is not kept.
 */
function createKeys(world: World): (key: string, effect: Effect) => Effect {
  const answers = new Map<string, Answer | 'in-flight'>();

  return (key, effect) => (request) => {
    const before = answers.get(key);
    const isIgnored = world.bug === 'ignored-key';
    if (before === 'in-flight' && !isIgnored) return refuse('IDEMPOTENCY_IN_FLIGHT');
    if (before !== undefined && before !== 'in-flight' && !isIgnored) return before;
    answers.set(key, 'in-flight');
    return remember(effect(request));

    function remember(work: Work): Work {
      if ('afterNs' in work) return { ...work, goOn: () => remember(work.goOn()) };
      if (before !== undefined && work.outcome === 'ok') world.harm++;
      if (RETRYABLE.has(work.code ?? '')) answers.delete(key);
      else answers.set(key, work);
      return work;
    }
  };
}

const RETRYABLE = new Set(['CONTENTION_LOST', 'PAYMENT_UNAVAILABLE', 'UNAVAILABLE']);
