import type { Operation, OperationKind } from '../../../src/history/operation.ts';
import type { Answer } from './stock.ts';
import { idOf, isDead, SKU, type World } from './world.ts';

export interface CallFacts {
  kind: OperationKind;
  buyer: string;
  quantity: number;
  hold?: string;
  order?: string;
  voucher?: string;
  idempotencyKey?: string;
}

/** Applies a call to the server and returns the answer. */
export type Effect = (callId: string, instance: number) => Answer;

/** Carries calls to the server and records them. A call takes effect between its two ends, or its answer never comes. */
export interface Network {
  operations: Operation[];
  /** Sends one call, or some with one key a moment apart; `then` is given the first answer. */
  call(facts: CallFacts, effect: Effect, then?: (answer: Answer) => void): void;
  /** Sends one call. */
  send(facts: CallFacts, effect: Effect, then?: (answer: Answer) => void): void;
}

export function createNetwork(world: World): Network {
  const { bug, random, timeline, networkNs, options } = world;
  const operations: Operation[] = [];
  const answersByKey = new Map<string, Answer>();

  function call(facts: CallFacts, effect: Effect, then: (answer: Answer) => void = () => {}): void {
    if (random() >= options.retryRate) {
      send(facts, effect, then);
      return;
    }
    const idempotencyKey = `wish-${operations.length + 1}`;
    const once: Effect = (callId, instance) => {
      const before = answersByKey.get(idempotencyKey);
      if (before && bug !== 'ignored-key') return before;
      const answer = effect(callId, instance);
      if (before && answer.outcome === 'ok') world.harm++;
      if (answer.outcome === 'ok') answersByKey.set(idempotencyKey, answer);
      return answer;
    };
    let isAnswered = false;
    const first = (answer: Answer): void => {
      if (!isAnswered) then(answer);
      isAnswered = true;
    };
    const times = 2 + Math.floor(random() * 3);
    for (let time = 0; time < times; time++) {
      timeline.after(time * networkNs(), () => send({ ...facts, idempotencyKey }, once, first));
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
    timeline.after(networkNs(), () => {
      if (isDead(world, instance)) return;
      const answer = effect(operation.callId as string, instance);
      if (isLost) return;
      timeline.after(networkNs(), () => {
        if (isDead(world, instance)) return;
        recordAnswer(operation, answer);
        then(answer);
      });
    });
  }

  function recordCall(facts: CallFacts, instance: number): Operation {
    const id = operations.length + 1;
    const operation: Operation = {
      id,
      kind: facts.kind,
      sku: SKU,
      buyer: facts.buyer,
      quantity: facts.quantity,
      callId: idOf('c', id),
      idempotencyKey: facts.idempotencyKey,
      hold: facts.hold,
      order: facts.order,
      voucher: facts.voucher,
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

  function recordAnswer(operation: Operation, answer: Answer): void {
    operation.outcome = answer.outcome;
    operation.completedAtNs = timeline.nowNs();
    operation.status = answer.status;
    operation.code = answer.code;
    operation.hold ??= answer.hold;
    operation.order ??= answer.order;
    operation.voucher ??= answer.voucher;
    operation.sequence = answer.sequence;
    if (answer.decision !== undefined) operation.observed = { decision: answer.decision };
  }

  return { operations, call, send };
}
