import type { Encoding, Placeholder, Text } from '../../../scenarios/lib/description.ts';
import { encoderOf } from '../../../scenarios/lib/requests.ts';
import { UserError } from '../../kernel/errors.ts';
import { type Part, parseTemplate } from './template.ts';

/** A text whose variables of the environment are filled in: plain pieces and placeholders that remain. */
export type Pieces = (string | Slot)[];
export type Slot = Exclude<Part, string>;

/**
 * Fills in the variables of the environment.
 *
 * @throws UserError (usage) that names a variable which is not set
 */
export function resolveText(
  text: string,
  env: Record<string, string | undefined>,
  encode = (value: string) => value,
): Pieces {
  const pieces: Pieces = [];
  for (const part of parseTemplate(text)) {
    const piece = typeof part === 'string' ? part : resolved(part, env, encode);
    const before = pieces.at(-1);
    if (typeof piece === 'string' && typeof before === 'string') pieces.push(pieces.pop() + piece);
    else pieces.push(piece);
  }
  return pieces;
}

function resolved(
  slot: Slot,
  env: Record<string, string | undefined>,
  encode: (value: string) => string,
): string | Slot {
  if (!slot.field.startsWith('env.')) return slot;
  const name = slot.field.slice('env.'.length);
  const value = env[name];
  if (value === undefined || value === '') {
    throw UserError.usage(`the environment has no ${name}`, {
      why: `the target file asks for it as {env.${name}}`,
      next: `export ${name}=…`,
    });
  }
  return encode(slot.as === 'base64' ? Buffer.from(value).toString('base64') : value);
}

/** The text for one place, ready to be filled in by a scenario. `encode` is for the plain pieces. */
export function compileText(pieces: Pieces, as: Encoding, encode = (plain: string) => plain): Text {
  return pieces.map((piece) =>
    typeof piece === 'string'
      ? encode(piece)
      : placeholderFor(piece, piece.as === 'base64' ? 'base64' : as),
  );
}

/**
 * A JSON value as text; a text that is one placeholder becomes the value itself.
 *
 * @param isLine tells the item of a list that stands for each line of a basket
 */
export function compileJson(
  template: unknown,
  env: Record<string, string | undefined>,
  isLine: (list: readonly unknown[]) => boolean = () => false,
): Text {
  const text: Text = [];
  const add = (...pieces: Text): void => {
    for (const piece of pieces) {
      const before = text.at(-1);
      if (typeof piece === 'string' && typeof before === 'string') text.push(text.pop() + piece);
      else text.push(piece);
    }
  };
  const write = (value: unknown): void => {
    if (typeof value === 'string') add(...jsonText(resolveText(value, env)));
    else if (typeof value !== 'object' || value === null) add(JSON.stringify(value));
    else if (Array.isArray(value) && isLine(value)) {
      add('[', { each: compileJson(value[0], env) }, ']');
    } else if (Array.isArray(value)) {
      add('[');
      value.forEach((item, place) => {
        if (place > 0) add(',');
        write(item);
      });
      add(']');
    } else {
      add('{');
      Object.entries(value).forEach(([name, member], place) => {
        add(`${place > 0 ? ',' : ''}${JSON.stringify(name)}:`);
        write(member);
      });
      add('}');
    }
  };
  write(template);
  return text;
}

function jsonText(pieces: Pieces): Text {
  const [only] = pieces;
  if (pieces.length === 1 && typeof only === 'object' && only.as !== 'base64') {
    return [placeholderFor(only, only.as === undefined ? 'json' : `json-${only.as}`)];
  }
  const encode = encoderOf('json-part');
  return ['"', ...compileText(pieces, 'json-part', encode), '"'];
}

/** Facts of a call. Every other name is a field of the buyer. */
const CALL_FIELDS = new Set([
  'quantity',
  'key',
  'call',
  'hold',
  'order',
  'voucher',
  'ticket',
  'basket',
]);

/** The owner of a field, and its name there. */
export function ownerOf(field: string): Pick<Placeholder, 'of' | 'field'> {
  if (field === 'sku') return { of: 'sku', field: 'skuId' };
  if (field === 'price') return { of: 'sku', field: 'unitPrice' };
  if (field.startsWith('sku.')) return { of: 'sku', field: field.slice('sku.'.length) };
  if (CALL_FIELDS.has(field)) return { of: 'call', field };
  return { of: 'buyer', field: field === 'buyer' || field === 'id' ? 'userId' : field };
}

const placeholderFor = ({ field }: Slot, as: Encoding): Placeholder => ({ ...ownerOf(field), as });
