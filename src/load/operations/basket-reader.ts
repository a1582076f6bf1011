import { type AnswerView, createReader } from '../../../scenarios/lib/answers.ts';
import type { CompleteFacts } from '../../history/operation-writer.ts';
import { lineId } from '../../target/line-id.ts';
import type { OperationRule } from '../../target/operation-rule.ts';
import type { Target } from '../../target/target.ts';
import { count, text, wholeNumber } from './json-values.ts';
import { createFactReader, type RequestContents } from './request-contents.ts';

/** Reads the lines of a basket from requests about it and from their answers. */
export interface BasketReader {
  /** True for a request that has lines, or that names its basket: a purchase of one SKU may have the same path. */
  fits(contents: RequestContents): boolean;
  /** The basket that a request names. */
  id(contents: RequestContents): string | undefined;
  /**
   * The lines that a request has, in its order; none in a request that names a basket instead. A SKU that it has twice is one
   * line, because ids and refusals are read by the SKU.
   */
  lines(contents: RequestContents): SkuWanted[];
  /** The basket that a yes names, and its lines by their SKUs. */
  granted(answer: AnswerView): { basket: string | undefined; line(sku: string): LineGranted };
  /** The lines for which a basket was refused, by their SKUs; undefined where the answer does not tell. */
  refused(answer: AnswerView): Map<string, LineRefused> | undefined;
}

interface SkuWanted {
  sku: string | undefined;
  quantity: number;
}

/** Ids of one line. */
export type LineGranted = Pick<CompleteFacts, 'hold' | 'order' | 'sequence'>;
/** `code` is absent where the refusal has one code for all of them. */
export type LineRefused = Pick<CompleteFacts, 'code' | 'sequence'>;

export function createBasketReader(rule: OperationRule, target: Target): BasketReader {
  const { sent, skuField, answer: places } = rule;
  const { skuNamed = (name) => name, refusedLines } = target;
  const basketSent = createFactReader(sent.basket);
  const skus = createFactReader(sent.sku);
  const quantities = createFactReader(sent.quantity);
  const basket = createReader(places.basket);
  const hold = createReader(places.hold);
  const order = createReader(places.order);
  const sku = createReader(places.sku);
  const sequence = createReader(places.sequence);
  const refused = createReader(places.refused);
  const refusedCode = createReader(refusedLines?.code);
  const refusedSequence = createReader(refusedLines?.sequence);

  /** The places of SKUs in a list of their names. */
  const placesOf = (names: unknown): Map<string, number> =>
    new Map(listOf(names).map((name, place) => [skuNamed(text(name) ?? ''), place]));

  return {
    fits: (contents) => sent.basket !== undefined || listOf(skus(contents)).length > 0,
    id: (contents) => text(basketSent(contents)),
    lines(contents) {
      const wanted = listOf(quantities(contents));
      const lines: SkuWanted[] = [];
      for (const [place, each] of listOf(skus(contents)).entries()) {
        const name = text(each);
        const known = name === undefined ? undefined : skuNamed(name, skuField);
        const quantity = count(wanted[place]) ?? 1;
        const same = lines.find(({ sku }) => sku !== undefined && sku === known);
        if (same === undefined) lines.push({ sku: known, quantity });
        else same.quantity += quantity;
      }
      return lines;
    },
    granted(answer) {
      const places = placesOf(sku(answer));
      const [holds, orders, sequences] = [hold(answer), order(answer), sequence(answer)];
      return {
        basket: text(basket(answer)),
        line: (wanted) => ({
          hold: idAt(holds, places.get(wanted), wanted),
          order: idAt(orders, places.get(wanted), wanted),
          sequence: wholeNumber(listOf(sequences)[places.get(wanted) ?? -1]),
        }),
      };
    },
    refused(answer) {
      const names = refused(answer);
      if (!Array.isArray(names)) return undefined;
      const [codes, sequences] = [refusedCode(answer), refusedSequence(answer)].map(listOf);
      return new Map(
        [...placesOf(names)].map(([name, place]) => [
          name,
          { code: text(codes?.[place]), sequence: wholeNumber(sequences?.[place]) },
        ]),
      );
    },
  };
}

/** The id of the line at a place of a list; of one id for all lines, the part that is this SKU's. */
function idAt(ids: unknown, place: number | undefined, sku: string): string | undefined {
  if (Array.isArray(ids)) return place === undefined ? undefined : text(ids[place]);
  const id = text(ids);
  return id === undefined ? undefined : lineId(id, sku);
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
