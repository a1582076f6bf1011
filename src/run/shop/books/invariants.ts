import type { InvariantResult } from '../../../history/invariant.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { rootMessage, UserError } from '../../../kernel/errors.ts';
import { count, skuName } from '../../../kernel/wording.ts';
import { createPrometheusApi } from '../../../metrics/prometheus-api.ts';
import type { Invariant } from '../../../target/file/schema.ts';
import type { FieldOf } from '../../../target/file/template.ts';
import { prometheusSource } from '../../thresholds/promql.ts';
import type { ShopSku } from '../skus/shop-sku.ts';
import { type OffendingRows, offendingRows } from './offending-rows.ts';
import { promqlRule } from './promql-rule.ts';
import { type AskDeps, fieldsAbout, isAskedPerSku, type Source } from './row-source.ts';

export interface InvariantDeps extends AskDeps {
  clock: Clock;
  /** Prometheus that answers PromQL. */
  prometheusUrl?: string;
  /** Time of the run so far. */
  rangeMs: number;
}

type RowsInvariant = Exclude<Invariant, { promql: string }>;

/** Asks one assertion about each SKU that it is about. What cannot be asked is unknown. */
export async function askInvariant(
  invariant: Invariant,
  skus: ShopSku[],
  deps: InvariantDeps,
): Promise<InvariantResult> {
  const results: Omit<InvariantResult, 'name'>[] = [];
  try {
    for (const sku of isAboutSku(invariant) ? skus : [undefined]) {
      const result =
        'promql' in invariant
          ? await askPromql(fillPromql(invariant.promql, sku, deps.rangeMs), deps)
          : resultOf(await askForRows(invariant, sku, deps));
      const about = sku === undefined || skus.length === 1 ? '' : `${skuName(sku.skuId)}: `;
      results.push({ ...result, summary: `${about}${result.summary}` });
    }
  } catch (error) {
    deps.signal.throwIfAborted();
    const { why } = error as { why?: string };
    const text = why === undefined ? rootMessage(error) : `${(error as Error).message}: ${why}`;
    results.push({ status: 'unknown', summary: `it cannot be asked: ${text}` });
  }
  const worst = ['invalid', 'unknown'].flatMap((status) =>
    results.filter((result) => result.status === status),
  )[0];
  const { summary, ...result } = worst ?? results[0] ?? { status: 'unknown', summary: 'no SKU' };
  return {
    name: invariant.name,
    ...result,
    summary: deps.secrets.scrub(summary),
  } as InvariantResult;
}

/**
 * Asks an assertion once before the load, whatever it answers.
 *
 * @throws UserError (usage) when it cannot be asked
 */
export async function rehearseInvariant(
  invariant: Invariant,
  skus: ShopSku[],
  deps: InvariantDeps,
): Promise<void> {
  try {
    if ('promql' in invariant) {
      if (deps.prometheusUrl === undefined) throw new Error(NO_PROMETHEUS);
      const promql = fillPromql(invariant.promql, skus[0], deps.rangeMs);
      const answer = await createPrometheusApi(deps.prometheusUrl).query(promql, deps.signal);
      if ('refusal' in answer && answer.isWrong) throw new Error(answer.refusal);
    } else {
      await askForRows(invariant, isAboutSku(invariant) ? skus[0] : undefined, deps);
    }
  } catch (cause) {
    deps.signal.throwIfAborted();
    throw UserError.usage(`the invariant ${invariant.name} cannot be asked`, {
      why: deps.secrets.scrub(rootMessage(cause)),
      next: 'correct it in the target file, or leave it out',
      cause,
    });
  }
}

const NO_PROMETHEUS =
  'it is in PromQL, and the URL of no Prometheus was given; add --prometheus-url URL, or set FLASHSALE_PROMETHEUS_URL';

/** `$sku`, `$stock` and `$__range`, as a query has them. */
const VARIABLE = /\$(?:__)?(sku|stock)\b|\$__(range)\b/g;

function isAboutSku(invariant: Invariant): boolean {
  const text =
    'promql' in invariant
      ? invariant.promql
      : 'sql' in invariant
        ? invariant.sql
        : invariant.command;
  const names = [...text.matchAll(VARIABLE)].map(([, name]) => name);
  if (names.some((name) => name !== undefined)) return true;
  return !('promql' in invariant) && isAskedPerSku(invariant);
}

const secondsOf = (rangeMs: number): string => `${Math.max(Math.ceil(rangeMs / 1_000), 1)}s`;

/** Asks SQL with the variables as parameters, or a command with the variables in its environment. */
function askForRows(
  invariant: RowsInvariant,
  sku: ShopSku | undefined,
  deps: InvariantDeps,
): Promise<OffendingRows> {
  const ofSku = fieldsAbout(sku, deps.secrets, `invariants.${invariant.name}`);
  const range = secondsOf(deps.rangeMs);
  const fieldOf: FieldOf = (name) => (name === 'range' ? range : ofSku(name));
  if ('sql' in invariant) {
    const sql = invariant.sql.replaceAll(VARIABLE, (_, name, range) => `{${name ?? range}}`);
    const source: Source = { sql, database: invariant.database };
    return offendingRows(source, fieldOf, deps);
  }
  const variables = {
    __range: range,
    ...(sku && { sku: sku.skuId, stock: String(sku.total), __sku: sku.skuId }),
  };
  return offendingRows(invariant, fieldOf, { ...deps, env: { ...deps.env, ...variables } });
}

function resultOf({ number, shown }: OffendingRows): Omit<InvariantResult, 'name'> {
  if (number === 0) return { status: 'valid', summary: 'no row breaks it' };
  const breaks = number === 1 ? 'breaks' : 'break';
  return { status: 'invalid', summary: `${count(number, 'row')} ${breaks} it`, rows: shown };
}

function fillPromql(promql: string, sku: ShopSku | undefined, rangeMs: number): string {
  const skuText = JSON.stringify(sku?.skuId ?? '').slice(1, -1);
  return promql.replaceAll(VARIABLE, (_, name: string | undefined) => {
    if (name === undefined) return secondsOf(rangeMs);
    return name === 'sku' ? skuText : String(sku?.total);
  });
}

/** Asks a rule in PromQL once Prometheus has scraped everything that happened. */
async function askPromql(
  promql: string,
  { prometheusUrl, clock, signal }: InvariantDeps,
): Promise<Omit<InvariantResult, 'name'>> {
  if (prometheusUrl === undefined) throw new Error(NO_PROMETHEUS);
  const doubt = await prometheusSource(prometheusUrl, { clock, signal }).catchUp?.();
  if (doubt !== undefined) throw new Error(doubt);
  const prometheus = createPrometheusApi(prometheusUrl);
  const rule = promqlRule(promql);
  const answer = await prometheus.query(rule?.asBool ?? promql, signal);
  if ('refusal' in answer) throw new Error(answer.refusal);
  const values = answer.values.map(Number);
  if (values.length === 0) {
    const why = rule === undefined ? ', and as it is not one comparison, nobody knows why' : '';
    return { status: 'unknown', summary: `${promql} has no sample${why}` };
  }
  const isBroken = rule !== undefined && values.includes(0);
  if (!isBroken) return { status: 'valid', summary: `${promql} holds` };
  const left = await prometheus.query(rule.left, signal);
  const found = 'values' in left ? left.values : [];
  return {
    status: 'invalid',
    summary: `${promql} does not hold: ${rule.left} is ${found.slice(0, 3).join(', ')}`,
    rows: found.slice(0, 10).map((value) => ({ expression: rule.left, value })),
  };
}
