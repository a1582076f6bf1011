import type { CheckStatus } from '../../checkers/checker.ts';
import type { Verdict, VerdictStatus } from '../../checkers/verdict.ts';
import type { SaleFacts } from '../../history/operation.ts';
import { formatMs } from '../../kernel/format.ts';
import { count } from '../../kernel/wording.ts';
import { concludeLoad } from '../../load/conclusion.ts';
import type { LoadPhase } from '../../load/schedule/load-phases.ts';
import {
  isSale,
  type LoadReport,
  type RoundReport,
  type SaleReport,
} from '../../run/run-report.ts';
import { loadTables } from '../load-tables.ts';
import { ofPhases, type ShownPhase, shifted } from '../pictures/happenings.ts';
import type { Chart, Happenings, SalePictures, Table, TimeLine } from '../pictures/pictures.ts';
import { courseCharts } from './course-charts.ts';

/** A name and a value. */
type Fact = [string, string];
const fact = (name: string, value: string): Fact => [name, value];

/** Everything on the page. */
export interface PageContent {
  scenario: string;
  /** One word, for the title and the colour of the head. */
  status: VerdictStatus | 'passed' | 'failed';
  sentence: string;
  /** Sentences under the verdict: what it rests on, what is missing, notes. */
  remarks: string[];
  facts: Fact[];
  checks: { name: string; status: CheckStatus; summary: string }[];
  timeLines: TimeLine[];
  charts: Chart[];
  tables: Table[];
  /** The command that repeats the run. */
  command?: string;
}

/** The page of a history that was recorded before: all but what only the load generator knows. */
export function describeHistory(
  sale: SaleFacts,
  verdict: Verdict,
  pictures: SalePictures,
): PageContent {
  return {
    scenario: sale.scenario,
    ...ofVerdict(verdict),
    facts: factsOfSale(sale),
    ...pictures,
  };
}

/** The page of a run. */
export function describeRunPage(report: LoadReport): PageContent {
  const { scenario, load, environment, seed, runner, course = [], outputProblems } = report;
  const { node, os, cpus, version, command, startedAt } = environment;
  const ofLoad = concludeLoad(load);
  const facts: Fact[] = [
    ['started', startedAt],
    ['load took', formatMs(load.elapsedMs)],
    ['seed', String(seed)],
    ...(runner === undefined ? [] : [fact('load by', runner.name)]),
    ['machine', `${os}, ${count(cpus, 'CPU')}, Node ${node}`],
    ['version', `flashsale-cli ${version}`],
  ];
  const remarks = [
    ...load.generator.reasons.map((reason) => `The load generator was the bottleneck: ${reason}.`),
    ...(runner?.notKnown ?? []).map((what) => `Not known with ${runner?.name}: ${what}.`),
    ...load.exceptions.first.map((message) => `An iteration threw: ${message}`),
    ...outputProblems,
  ];
  const shared = { scenario, command, tables: loadTables(report) };
  const phases = ofPhases((load.course?.phases ?? []).map(inSeconds));
  if (!isSale(report)) {
    return {
      ...shared,
      status: ofLoad.status,
      sentence: `${ofLoad.status}: ${ofLoad.sentence}`,
      ...{ remarks, facts, checks: [], timeLines: [], charts: courseCharts(course, phases) },
    };
  }
  const { verdict, sale, pictures, strategy, instances, rounds = [] } = report;
  const judged = ofVerdict(verdict);
  const isLoadBad = verdict.status === 'valid' && ofLoad.status !== 'passed';
  return {
    ...shared,
    ...judged,
    remarks: [
      ...(isLoadBad
        ? [
            `The load ${ofLoad.status === 'failed' ? 'failed' : 'is inconclusive'}: ${ofLoad.sentence}`,
          ]
        : []),
      ...judged.remarks,
      ...remarks,
    ],
    facts: [
      ...factsOfSale(sale),
      ...(strategy === undefined ? [] : [fact('strategy', strategy)]),
      ...(instances === undefined ? [] : [fact('instances', String(instances))]),
      ...facts,
    ],
    timeLines: pictures?.timeLines ?? [],
    charts: [
      ...(pictures?.charts ?? []),
      ...courseCharts(course, pictures ? sinceLoad(pictures, report) : phases),
    ],
    tables: [
      ...(rounds.length > 1 ? [roundsTable(rounds)] : []),
      ...shared.tables,
      ...(pictures?.tables ?? []),
    ],
  };
}

const inSeconds = ({ scenario, stage, fromMs, untilMs }: LoadPhase): ShownPhase => ({
  ...{ scenario, stage, from: fromMs / 1e3 },
  to: untilMs === undefined ? undefined : untilMs / 1e3,
});

/** The happenings by the clock of the load, which began a little after the sale. */
const sinceLoad = ({ happenings }: SalePictures, { load, sale }: SaleReport): Happenings =>
  shifted(happenings, ((load.course?.startedAtNs ?? sale.startedAtNs) - sale.startedAtNs) / 1e9);

const ofVerdict = (verdict: Verdict) => ({
  status: verdict.status,
  sentence: verdict.sentence,
  remarks: [
    verdict.basis,
    ...verdict.missing.map((what) => `Missing: ${what}.`),
    ...verdict.inconclusiveBecause.map(
      (reason) => `It could not have found everything: ${reason}.`,
    ),
    ...(verdict.notes ?? []).map((note) => `Note: ${note}.`),
  ],
  checks: verdict.checks.map(({ name, status, summary }) => ({ name, status, summary })),
});

/** A run of a thousand seats is described by its first ones. */
const SKUS_MAX = 4;

function factsOfSale({ skus, target, shop, startedAtMs }: SaleFacts): Fact[] {
  const names = skus
    .slice(0, SKUS_MAX)
    .map(({ skuId, total }) => `${count(total, 'unit')} of ${skuId}`);
  const more = skus.length > SKUS_MAX ? [`${skus.length - SKUS_MAX} more`] : [];
  return [
    ['on sale', [...names, ...more].join(', ')],
    ['server', [...(shop === undefined ? [] : [shop]), ...target].join(', ')],
    ['sale began', new Date(startedAtMs).toISOString()],
  ];
}

const roundsTable = (rounds: RoundReport[]): Table => ({
  title: 'Rounds',
  headings: ['round', 'start', 'verdict', 'broken', 'took'],
  rows: rounds.map(({ round, start, status, broken, elapsedMs }) => [
    String(round),
    start,
    status,
    broken.join(', '),
    formatMs(elapsedMs),
  ]),
  numeric: [0, 4],
});
