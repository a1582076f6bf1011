import { randomUUID } from 'node:crypto';
import { NOT_ALONE, ofSomeLine, takesStock } from '../../history/operation.ts';
import type {
  CompleteFacts,
  HistoryRecorder,
  InvokeFacts,
} from '../../history/operation-writer.ts';
import { REQUEST_ID_HEADER } from '../../protocol/headers.ts';
import { linePart } from '../../target/line-id.ts';
import type { Answer, Target } from '../../target/target.ts';
import type { BasketReader } from './basket-reader.ts';
import {
  type CallIdentity,
  type EndedCall,
  isYes,
  nanoseconds,
  type OperationInFlight,
  OUTCOME_OF,
  unanswered,
} from './operation-in-flight.ts';
import type { RequestContents } from './request-contents.ts';
import type { ReadAnswer, RuleReader } from './rule-reader.ts';

/** The parts of a recorder that its baskets share. */
export interface BasketRecording {
  history: HistoryRecorder;
  /** The lines of the baskets that answers have named: later calls name nothing but the basket. */
  known: Map<string, Line[]>;
  target: Pick<Target, 'refusals' | 'numbersLines'>;
}

/** The wish for one SKU, and the ids that answers have given it. */
type Line = Pick<InvokeFacts, 'sku' | 'quantity' | 'hold' | 'order'>;

/** One request about several lines, as an operation for each of them. */
export class RecordedBasket implements OperationInFlight {
  readonly isRead = false;
  private readonly recording: BasketRecording;
  private readonly reader: RuleReader;
  private readonly basket: BasketReader;
  private readonly contents: RequestContents;
  private readonly identity: CallIdentity;
  /** The basket that the request names. */
  private named: string | undefined;
  private lines: Line[] = [];
  /** The operations of the lines. */
  private ids: number[] = [];

  constructor(
    recording: BasketRecording,
    matched: { reader: RuleReader; basket: BasketReader; contents: RequestContents },
    identity: CallIdentity,
  ) {
    this.recording = recording;
    this.reader = matched.reader;
    this.basket = matched.basket;
    this.contents = matched.contents;
    this.identity = identity;
  }

  get callId(): string | undefined {
    return this.identity.callId;
  }

  invoke(atMs: number): void {
    const { history, known, target } = this.recording;
    const { kind } = this.reader;
    const sent = this.reader.sent(this.contents);
    this.named = this.basket.id(this.contents);
    // A basket that no answer has named is one line of which nothing is known.
    this.lines =
      this.named === undefined
        ? this.basket.lines(this.contents)
        : (known.get(this.named) ?? [{ sku: undefined, quantity: 1 }]);
    const { buyer, callId = sent.callId, instance } = this.identity;
    const basket = callId || randomUUID();
    this.ids = this.lines.map((line, place) => {
      const part = (id: string | undefined) =>
        id && linePart(id, target.numbersLines ? place + 1 : (line.sku ?? ''));
      const facts: InvokeFacts = {
        ...{ kind, buyer, basket, instance },
        ...{ sku: line.sku, quantity: line.quantity },
        ...{ callId: part(callId), idempotencyKey: part(sent.idempotencyKey) },
        hold: kind === 'cancel' ? undefined : line.hold,
        order: kind === 'cancel' ? line.order : undefined,
      };
      return history.invoke(facts, nanoseconds(atMs));
    });
  }

  described(): Record<string, string | undefined> {
    const { buyer, callId } = this.identity;
    return {
      'flashsale.operation': this.reader.kind,
      'flashsale.buyer': buyer,
      'flashsale.sku': this.lines.map(({ sku }) => sku).join(','),
      'flashsale.call_id': callId,
    };
  }

  complete(exchange: EndedCall): Answer | undefined {
    // A call that was never written is an operation all the same: one that definitely did not happen.
    if (this.ids.length === 0) this.invoke(exchange.endedAtMs);
    const meaning = exchange.failure ? undefined : this.reader.read(exchange);
    const completions = this.completions(exchange, meaning);
    for (const [place, id] of this.ids.entries()) {
      const facts = completions[place] as CompleteFacts;
      this.recording.history.complete(id, facts, nanoseconds(exchange.endedAtMs));
    }
    return meaning?.is;
  }

  private completions(exchange: EndedCall, meaning: ReadAnswer | undefined): CompleteFacts[] {
    if (meaning === undefined) return this.lines.map(() => unanswered(exchange));
    const facts = {
      outcome: OUTCOME_OF[meaning.is],
      status: exchange.status,
      requestId: exchange.header(REQUEST_ID_HEADER),
    };
    const lines = isYes(meaning.is) ? this.granted(exchange) : this.refused(exchange, meaning.code);
    return lines.map((line) => ({ ...facts, ...line }));
  }

  private granted(exchange: EndedCall): Partial<CompleteFacts>[] {
    const { basket, line } = this.basket.granted(exchange);
    const granted = this.lines.map(({ sku }) => (sku === undefined ? {} : line(sku)));
    const name = this.named ?? basket;
    if (name !== undefined) {
      const { known } = this.recording;
      const before = new Map(known.get(name)?.map((line) => [line.sku, line]));
      const lines = this.lines.map(({ sku, quantity }, place) => ({
        ...{ sku, quantity },
        hold: granted[place]?.hold ?? before.get(sku)?.hold,
        order: granted[place]?.order ?? before.get(sku)?.order,
      }));
      known.set(name, lines);
    }
    return granted;
  }

  private refused(exchange: EndedCall, code: string | undefined): Partial<CompleteFacts>[] {
    const refused = this.basket.refused(exchange);
    if (refused !== undefined && this.lines.some(({ sku }) => refused.has(sku ?? ''))) {
      return this.lines.map(({ sku }) => {
        const line = refused.get(sku ?? '');
        return line === undefined ? { code: NOT_ALONE } : { ...line, code: line.code ?? code };
      });
    }
    // The reason may be that of any line where the answer does not tell of which, so it is said of none.
    const isOfSome =
      takesStock(this.reader.kind) &&
      this.lines.length > 1 &&
      code !== undefined &&
      code in this.recording.target.refusals;
    return this.lines.map(() => ({ code: isOfSome ? ofSomeLine(code) : code }));
  }
}
