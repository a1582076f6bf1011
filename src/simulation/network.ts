import type { Operation, OperationKind } from '../history/operation.ts';
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
}

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
    const operation = recordCall(facts, instance);
    const isLost = random() < options.lossRate;
    if (isDead(world, instance)) {
      operation.outcome = 'fail';
      operation.code = 'ECONNREFUSED';
      operation.completedAtNs = timeline.nowNs() + 1;
      return;
    }
    if (isLost && random() < 0.5) return;
    const { buyer = '', callId = '' } = operation;
    const request = { buyer, callId, instance };

    function goOn(work: Work): void {
      if ('afterNs' in work) timeline.after(work.afterNs, () => goOn(work.goOn()));
      else if (!isDead(world, instance)) answer(work);
    }
    function answer(given: Answer): void {
      count(operation, given, instance);
      if (isLost) return;
      timeline.after(networkNs(), () => {
        if (isDead(world, instance)) return;
        recordAnswer(operation, given, timeline.nowNs());
        then(given);
      });
    }
    timeline.at(world.commitNs(timeline.nowNs() + networkNs()), () => {
      if (!isDead(world, instance)) goOn(effect(request));
    });
  }

  /** Counts an answered request, a moment after the answer was handed to the network. */
  function count({ kind }: Operation, { status, observed }: Answer, instance: number): void {
    const isOfQuest = kind === 'register' && options.flow === 'quest';
    const [method, template] = isOfQuest ? QUEST_ROUTE : ROUTE_OF[kind];
    const route = observed?.decision === undefined ? template : '/api/orders/status/:productId';
    const labels = { method, route, status: String(status) };
    timeline.after(networkNs(), () => inc(instance, 'flashsale_http_requests_total', labels));
  }

  function recordCall({ quantity = 1, ...facts }: CallFacts, instance: number): Operation {
    const id = operations.length + 1;
    const operation: Operation = {
      id,
      kind: facts.kind,
      sku: facts.sku,
      buyer: facts.buyer,
      quantity,
      callId: idOf('c', id),
      idempotencyKey: facts.idempotencyKey,
      hold: facts.hold,
      order: facts.order,
      voucher: facts.voucher,
      ...(facts.ticket === undefined ? {} : { ticket: facts.ticket }),
      invokedAtNs: timeline.nowNs(),
      outcome: 'info',
      completedAtNs: Number.POSITIVE_INFINITY,
      status: 0,
      code: undefined,
      sequence: undefined,
      requestId: `r${id}`,
      instance: world.sale.target[instance],
    };
    operations.push(operation);
    return operation;
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
