import { type Operation, takesStock } from '../../../history/operation.ts';

/** The sorts of things that answers give names to. */
export const SORTS = ['hold', 'order', 'voucher'] as const;
export type Sort = (typeof SORTS)[number];

/** A field of a call that names a thing. */
export type NameField = Sort | 'newHold';

export const NAME_FIELDS: readonly NameField[] = [...SORTS, 'newHold'];

export const sortOf = (field: NameField): Sort => (field === 'newHold' ? 'hold' : field);

/** True when the answer to a call gave its buyer the thing that this field names. Otherwise the call is about one given before. */
export function isGiven({ kind, outcome }: Operation, field: NameField): boolean {
  // A checkout may be told of its order while nobody knows yet if it is paid.
  if (field === 'order' && kind === 'confirm') return outcome !== 'fail';
  return outcome === 'ok' && (field === 'newHold' || takesStock(kind));
}
