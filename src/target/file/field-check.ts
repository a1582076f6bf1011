import { UserError } from '../../kernel/errors.ts';
import { ownerOf } from './compile-text.ts';
import type { Step, TargetFile } from './schema.ts';

/** The fields that the requests of a shop are filled with. */
export interface NeededFields {
  buyer: string[];
  sku: string[];
}

/** A placeholder in an operation, for messages about it. */
export interface UsedField {
  field: string;
  /** The operation's name in the file. */
  where: string;
}

/**
 * Checks that something provides every field which operations use, as far as the file says: rows of a file or of a query may
 * have any field, so theirs are checked when they are there.
 *
 * @throws UserError (usage) that names the placeholder
 */
export function checkFields(file: TargetFile, used: UsedField[]): NeededFields {
  const needed = { buyer: new Set<string>(), sku: new Set<string>() };
  const ofBuyers = buyerFields(file);
  const ofSkus = skuFields(file);
  for (const { field, where } of used) {
    const owner = ownerOf(field);
    if (owner.of === 'call') checkCallFact(file, owner.field, { field, where });
    else {
      needed[owner.of].add(owner.field);
      const provided = owner.of === 'buyer' ? ofBuyers : ofSkus;
      if (provided?.has(owner.field) === false) throw notProvided({ field, where }, provided);
    }
  }
  return { buyer: [...needed.buyer], sku: [...needed.sku] };
}

/**
 * Checks that buyers and SKUs have the fields that requests need, when they are there.
 *
 * @throws UserError (usage) that names the missing field
 */
export function checkProvided(
  { buyer, sku }: NeededFields,
  { buyers, skus }: { buyers: readonly object[]; skus: readonly object[] },
): void {
  const check = (fields: string[], owners: readonly object[], what: string): void => {
    for (const field of fields) {
      const at = owners.findIndex((owner) => (owner as Record<string, unknown>)[field] == null);
      if (at < 0) continue;
      throw UserError.usage(`${what} ${at + 1} has no ${nameOf(field)}`, {
        why: `operations of the target file use {${nameOf(field)}}`,
        next: `provide the field in ${what === 'buyer' ? 'buyers' : 'sale'}, or take it out of the operations`,
      });
    }
  };
  check(buyer, buyers, 'buyer');
  check(sku, skus, 'SKU');
}

/** Names of fields in the sale file, as target files have them. */
const nameOf = (field: string): string =>
  ({ userId: 'id', skuId: 'sku', unitPrice: 'price' })[field] ?? field;

function checkCallFact({ operations }: TargetFile, fact: string, used: UsedField): void {
  const asked = fact === 'ticket' ? 'tickets' : fact;
  if (!isGivenByAnswers(asked)) return;
  const isGiven = Object.values(operations).some(
    (operation) =>
      operation?.answer[asked] !== undefined || operation?.later?.answer[asked] !== undefined,
  );
  if (isGiven) return;
  throw UserError.usage(`nothing provides {${used.field}} of operations.${used.where}`, {
    why: `no operation has a place for it in its answer`,
    next: `add answer: { ${asked}: PLACE } to the operation whose answer has it`,
  });
}

const GIVEN_BY_ANSWERS = ['hold', 'order', 'voucher', 'tickets', 'basket'] as const;
const isGivenByAnswers = (fact: string): fact is (typeof GIVEN_BY_ANSWERS)[number] =>
  (GIVEN_BY_ANSWERS as readonly string[]).includes(fact);

function notProvided({ field, where }: UsedField, provided: Set<string>): UserError {
  const names = [...provided].map(nameOf).join(', ');
  return UserError.usage(`nothing provides {${field}} of operations.${where}`, {
    why: `the fields there are: ${names}`,
    next: `correct the name, or write {{${field}}} for the text itself`,
  });
}

/** The fields of buyers; undefined when rows or hooks may give any. */
function buyerFields({ buyers }: TargetFile): Set<string> | undefined {
  const given = fieldsOfSteps(buyers.steps);
  if (buyers.file !== undefined || buyers.from !== undefined || given === undefined) {
    return undefined;
  }
  const fields = [...Object.keys(buyers.fields), ...given];
  if (buyers.sign !== undefined) fields.push('token');
  return new Set(fields.map((field) => (field === 'id' ? 'userId' : field)));
}

/** The fields of SKUs; undefined when rows or hooks may give any. */
function skuFields({ sale }: TargetFile): Set<string> | undefined {
  const always = ['skuId', 'unitPrice'];
  if (Array.isArray(sale?.skus)) {
    return new Set([...always, ...sale.skus.flatMap((sku) => Object.keys(sku))]);
  }
  if (sale?.create === undefined) return undefined;
  const given = fieldsOfSteps(sale.create);
  return given && new Set([...always, ...given]);
}

function fieldsOfSteps(steps: Step[]): string[] | undefined {
  const fields = steps.map((step) => ('request' in step ? Object.keys(step.answer) : undefined));
  return fields.some((names) => names === undefined)
    ? undefined
    : fields.flatMap((names) => names ?? []);
}
