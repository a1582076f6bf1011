import type { Challenge } from '../../history/operation.ts';
import { UserError } from '../../kernel/errors.ts';
import type { ShopDescription } from '../../target/file/describe-shop.ts';
import type { Need, SalePlan } from './sale-plan.ts';

/**
 * The plan of a scenario as far as a described shop allows it: with the units, the SKUs and the challenges that this shop can
 * have. Asked before anything is started.
 *
 * @throws UserError (usage) that says in one line which operation is missing
 */
export function fitPlan(plan: SalePlan, scenario: string, shop: ShopDescription): SalePlan {
  const missing = plan.needs.map((need) => [need].flat()).find((any) => !any.some(has(shop)));
  if (missing !== undefined) throw lacking(scenario, shop, missing);
  const [what] = [
    ...(plan.payments === undefined ? [] : ['decides how payments go']),
    ...(plan.redisAmnesia === undefined ? [] : ['empties Redis']),
    ...(plan.hours === undefined ? [] : ['decides when its SKUs are sold']),
  ];
  if (what !== undefined) {
    throw UserError.usage(`${scenario} cannot be run on ${shop.name}`, {
      why: `it ${what}, which only works on servers that the run starts`,
      next: 'run it without --target, or choose another scenario',
    });
  }
  const unitsPerBuyerMax = Math.min(
    plan.unitsPerBuyerMax,
    shop.unitsPerBuyerMax ?? plan.unitsPerBuyerMax,
  );
  const skus = namesSku(plan, shop) ? plan.skus : [merged(plan.skus)];
  return {
    ...plan,
    sells: 'reservations',
    skus,
    unitsPerBuyerMax,
    ...(shop.holdTtlMs === undefined ? {} : { holdTtlMs: shop.holdTtlMs }),
    challenges: plan.challenges.filter((challenge) =>
      isPossible(challenge, { shop, unitsPerBuyerMax, skus: skus.length }),
    ),
  };
}

const has =
  ({ operations, holdTtlMs, rules }: ShopDescription) =>
  (need: Need): boolean => {
    switch (need) {
      case 'hold-ttl':
        return holdTtlMs !== undefined;
      case 'later':
        return operations.attempt?.later !== undefined;
      case 'key':
        return rules.some(({ kind, sent }) => TAKES.includes(kind) && sent.key !== undefined);
      default:
        return operations[need] !== undefined;
    }
  };

const TAKES: string[] = ['reserve', 'buy', 'attempt'] satisfies Need[];

const WORDS: Partial<Record<Need, string>> = {
  key: 'an idempotency key ({key}) in its requests',
  'hold-ttl': 'sale.holdTtl, the lifetime of its reservations',
  later: 'operations.attempt.later',
};

function lacking(scenario: string, { name }: ShopDescription, any: Need[]): UserError {
  const words = any.map((need) => WORDS[need] ?? `operations.${need}`).join(' or ');
  return UserError.usage(`${scenario} cannot be run on ${name}, which lacks ${words}`, {
    why: 'the scenario needs it, and the target file does not describe it',
    next: 'add it to the target file, or choose another scenario',
  });
}

/** True if the requests that take units say of which SKU. */
function namesSku({ needs }: SalePlan, { rules }: ShopDescription): boolean {
  const kinds = needs.includes('register') ? ['register'] : TAKES;
  const taking = kinds.flatMap((kind) => rules.find((rule) => rule.kind === kind) ?? [])[0];
  return taking?.sent.sku !== undefined;
}

function merged(skus: SalePlan['skus']): SalePlan['skus'][number] {
  return { ...skus[0], stock: skus.reduce((units, { stock }) => units + stock, 0) };
}

function isPossible(
  challenge: Challenge,
  {
    shop,
    unitsPerBuyerMax,
    skus,
  }: { shop: ShopDescription; unitsPerBuyerMax: number; skus: number },
): boolean {
  const can = has(shop);
  switch (challenge) {
    case 'several-units':
      return unitsPerBuyerMax > 1;
    case 'several-skus':
      return skus > 1;
    case 'hold-race':
      return can('confirm') && (can('release') || can('hold-ttl'));
    case 'cancelled-order':
      return can('cancel');
    case 'repeated-call':
      return can('key');
    case 'repeated-read':
      return can('read') || can('later');
    case 'stranger':
      return can('confirm') || can('release') || can('cancel') || can('redeem');
    case 'abandoned-hold':
      return can('hold-ttl');
    // A target file does not say in which way and when things are sold.
    case 'other-door':
    case 'out-of-hours':
      return false;
    default:
      return true;
  }
}
