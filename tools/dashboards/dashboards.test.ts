import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createMetrics as createServerMetrics } from '../../server/platform/metrics.ts';
import { assetPath } from '../../src/kernel/assets.ts';
import { createHttpMetrics } from '../../src/load/metrics/http-metrics.ts';
import { createMetrics } from '../../src/load/metrics/metrics.ts';
import { defineRunMetrics } from '../../src/load/metrics/run-metrics.ts';
import { createSeriesTable } from '../../src/load/outputs/series.ts';
import { serverMetrics } from '../../src/metrics/catalogue.ts';
import type { MetricDefinition } from '../../src/metrics/definition.ts';
import { runMetrics } from '../../src/metrics/run-catalogue.ts';
import { canTestWith } from '../../test/services.ts';
import { DASHBOARDS_FOLDER, dashboards } from './all.ts';
import { printDashboard } from './print-dashboard.ts';

const read = (path: string): string => readFileSync(assetPath(path), 'utf8');
const run = promisify(execFile);

interface DashboardFile {
  uid: string;
  templating: { list: { name: string; datasource: { uid: string } }[] };
  annotations: { list: { name: string; datasource: { uid: string }; target: { expr: string } }[] };
  panels: {
    type: string;
    title: string;
    description?: string;
    datasource?: { uid: string };
    fieldConfig?: { defaults: { unit?: string } };
    gridPos: { x: number; y: number; w: number; h: number };
    targets?: { expr: string; datasource: { uid: string } }[];
  }[];
}
const files = readdirSync(assetPath(DASHBOARDS_FOLDER));
const made: DashboardFile[] = dashboards.map((dashboard) => JSON.parse(printDashboard(dashboard)));
const rules: { alert: string; expr: string; labels: { severity: string } }[] = parse(
  read('grafana/prometheus/rules.yml'),
).groups[0].rules;

const panelsOf = (dashboard: DashboardFile) =>
  dashboard.panels.filter(({ type }) => type !== 'row');

/** All expressions of panels and annotations, with something in the place of Grafana's variables. */
const expressions = made.flatMap(({ panels, annotations }) => [
  ...panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => plain(expr))),
  ...annotations.list.map(({ target }) => plain(target.expr)),
]);

function plain(expr: string): string {
  return expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$\w+/g, '.*');
}

/** The names of the metrics in an expression: those with a known beginning, and whatever has a selector. */
const metricsIn = (expr: string): string[] => [
  ...new Set(expr.match(/\b(?:flashsale|k6|nodejs|process)_\w+|\w+(?=\{)/g)),
];

/** The names under which Prometheus knows the metrics of a catalogue. */
const seriesOf = (catalogue: Record<string, MetricDefinition>): string[] =>
  Object.values(catalogue).flatMap(({ name, type }) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );

/** The names of the samples of a load in remote writes. */
function seriesOfLoads(): string[] {
  const metrics = createMetrics();
  defineRunMetrics(metrics);
  createHttpMetrics(metrics);
  return [false, true].flatMap((isNative) => {
    const table = createSeriesTable(['avg', 'med', 'p(90)', 'p(95)', 'p(99)', 'max'], { isNative });
    for (const metric of metrics.all()) table.add({ metric, value: 1, timeMs: 0, tags: {} });
    return table.read().map(({ name }) => name);
  });
}

async function seriesOfProcesses(): Promise<string[]> {
  const { registry } = createServerMetrics();
  const page = await registry.metrics();
  return [...page.matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_sum`, `${name}_count`, `${name}_bucket`] : [name],
  );
}

describe('G.1 the dashboards', () => {
  it('are what npm run dashboards makes of the metrics catalogues', () => {
    expect(files.toSorted()).toEqual(dashboards.map(({ name }) => `${name}.json`).toSorted());
    for (const dashboard of dashboards) {
      const file = `${DASHBOARDS_FOLDER}/${dashboard.name}.json`;
      expect(read(file) === printDashboard(dashboard), `${file}: npm run dashboards`).toBe(true);
    }
  });

  it('ask for no data source, because they name the one that is provisioned', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/prometheus.yml'));
    for (const dashboard of made) {
      expect(dashboard).not.toHaveProperty('__inputs');
      const asked = [
        ...dashboard.templating.list,
        ...dashboard.annotations.list,
        ...panelsOf(dashboard),
        ...panelsOf(dashboard).flatMap(({ targets = [] }) => targets),
      ];
      expect(new Set(asked.map(({ datasource }) => datasource?.uid))).toEqual(
        new Set([datasources[0].uid]),
      );
    }
  });

  it('have a title, a sentence and a unit on every panel', () => {
    for (const dashboard of made) {
      const panels = panelsOf(dashboard);
      expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
      for (const { title, description, fieldConfig, targets } of panels) {
        expect(title).toMatch(/^[A-Z]/);
        expect(description, title).toMatch(/^[A-Z].{10,}\.$/);
        expect(fieldConfig?.defaults.unit, title).toMatch(/^[a-zA-Z]+$/);
        expect(targets, title).not.toEqual([]);
      }
    }
  });

  it('place no panel upon another or beyond the edge', () => {
    for (const { uid, panels } of made) {
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`),
      );
      expect(new Set(cells).size, uid).toBe(cells.length);
      for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
  });

  it('can be narrowed to runs, SKUs and instances, and mark what happened', () => {
    for (const { templating, annotations } of made) {
      expect(templating.list.map(({ name }) => name)).toEqual(['testid', 'sku', 'instance']);
      const kinds = annotations.list.map(({ target }) => /kind=~"([^"]+)"/.exec(target.expr)?.[1]);
      expect(kinds.join('|').split('|').toSorted()).toEqual([
        'end',
        'fault',
        'fault_end',
        'phase',
        'start',
        'verdict',
        'violation',
      ]);
    }
    const asked = new Set(made.flatMap(({ panels }) => JSON.stringify(panels).match(/\$\w+/g)));
    expect(asked).toEqual(new Set(['$testid', '$sku', '$instance', '$__rate_interval']));
  });

  it('and the alerts ask only for metrics that exist', async () => {
    const known = new Set([
      ...seriesOf(serverMetrics),
      ...seriesOf(runMetrics),
      ...seriesOfLoads(),
      ...(await seriesOfProcesses()),
      'up',
    ]);
    const asked = [...expressions, ...rules.map(({ expr }) => expr)].flatMap(metricsIn);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
    expect(expressions.filter((expr) => metricsIn(expr).length === 0)).toEqual([]);
  });

  it('show every metric of the server and of runs', () => {
    // It is for verdicts: nothing can be seen in it.
    const shown = new Set([...expressions.flatMap(metricsIn), serverMetrics.countersStarted.name]);
    const catalogue = [...Object.values(serverMetrics), ...Object.values(runMetrics)];
    const missing = catalogue
      .map(({ name }) => name)
      .filter((name) => ![name, `${name}_bucket`, `${name}_sum`].some((one) => shown.has(one)));
    expect(missing).toEqual([]);
  });

  it.skipIf(!canTestWith('promtool'))('have expressions that Prometheus can read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flashsale-test-'));
    const file = join(folder, 'rules.yml');
    const recorded = expressions.map((expr, id) => ({
      ...{ record: 'tested', expr, labels: { id: String(id) } },
    }));
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'all', rules: recorded }] }));
    const { stdout } = await run('promtool', ['check', 'rules', file]);
    expect(stdout).toContain(`${expressions.length} rules found`);
    rmSync(folder, { recursive: true });
  });
});

describe('S1.15 the alerts', () => {
  it.skipIf(!canTestWith('promtool'))('pass their tests', async () => {
    const cwd = assetPath('grafana/prometheus');
    await run('promtool', ['check', 'config', 'prometheus.yml'], { cwd });
    const { stdout } = await run('promtool', ['test', 'rules', 'rules.test.yml'], { cwd });
    expect(stdout).toContain('SUCCESS');
  });

  it('are each told in one of these tests', () => {
    const { tests } = parse(read('grafana/prometheus/rules.test.yml'));
    const moments: { alertname: string; exp_alerts: unknown[] }[] = tests.flatMap(
      ({ alert_rule_test }: { alert_rule_test: unknown[] }) => alert_rule_test,
    );
    const told = moments.filter(({ exp_alerts }) => exp_alerts.length > 0);
    expect(new Set(told.map(({ alertname }) => alertname))).toEqual(
      new Set(rules.map(({ alert }) => alert)),
    );
  });

  it('stand in docs/metrics.md with their severity', () => {
    const rows = [...read('docs/metrics.md').matchAll(/^\| `(Flashsale\w+)` \| (\w+) \|/gm)];
    expect(rows.map(([, alert, severity]) => ({ alert, severity }))).toEqual(
      rules.map(({ alert, labels: { severity } }) => ({ alert, severity })),
    );
  });
});
