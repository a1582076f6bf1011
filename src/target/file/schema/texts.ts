import * as z from 'zod';

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A time such as `200ms`, in milliseconds. */
export const Duration = z
  .string('write a time such as 200ms, 5s or 2m')
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'write a time such as 200ms, 5s or 2m')
  .transform((text) => Number.parseFloat(text) * UNITS[/[a-z]+$/.exec(text)?.[0] as 's']);

export const Name = z.string().regex(/^[\w-]+$/, 'a name has letters, digits, - and _');

/** A text with placeholders. */
export const Template = z.string();

/** A JSON value; its texts may contain placeholders. */
export const JsonTemplate = z.json();

/**
 * The place of a fact in an answer: a path into its JSON body (`data.order.id`, `items.0.id`), `header NAME`, `cookie NAME`,
 * or a regular expression over the body's text (`/Order #(\d+)/`), whose first group counts. `header location /(\d+)$/` is a
 * part of a header.
 */
export const Place = z.string().min(1);
export type Place = z.infer<typeof Place>;

/** A hook: a function in a TypeScript target file. */
export const hook = <Fn extends (...args: never[]) => unknown>() =>
  z.custom<Fn>((value) => typeof value === 'function', 'it is no function');

/** Fields of a buyer, of a SKU or of a row, by their names. */
export type Fields = Record<string, string | number | boolean | null>;
