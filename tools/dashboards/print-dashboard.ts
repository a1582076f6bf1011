import { serverMetrics } from '../../src/metrics/catalogue.ts';
import { runMetrics } from '../../src/metrics/run-catalogue.ts';
import { annotations } from './annotations.ts';
import type { Dashboard } from './dashboard.ts';
import { describePanel, PROMETHEUS } from './panel.ts';

const HEIGHTS = { number: 4, lines: 8, areas: 8, states: 6, table: 9 };
const COLUMNS = 24;

/** Makes the JSON of Grafana of a dashboard, as an object. */
function describeDashboard({ name, title, rows }: Dashboard) {
  return {
    uid: `flashsale-${name}`,
    title,
    tags: ['flashsale'],
    schemaVersion: 41,
    version: 1,
    editable: true,
    refresh: '5s',
    time: { from: 'now-15m', to: 'now' },
    timezone: 'browser',
    graphTooltip: 1,
    templating: { list: VARIABLES },
    annotations: { list: annotations },
    links: [
      {
        ...{ type: 'dashboards', tags: ['flashsale'], title: 'flashsale', asDropdown: false },
        ...{ includeVars: true, keepTime: true, targetBlank: false },
      },
    ],
    panels: layOut(rows),
  };
}

const variable = (name: string, label: string, values: string) => ({
  ...{ name, label, type: 'query', datasource: PROMETHEUS },
  query: { query: values, refId: name },
  ...{ refresh: 2, sort: 1, multi: true, includeAll: true, allValue: '.*' },
  current: { text: 'All', value: '$__all' },
});

const VARIABLES = [
  variable('testid', 'Run', `label_values(${runMetrics.info.name}, testid)`),
  variable('sku', 'SKU', `label_values(${serverMetrics.stockUnits.name}, sku)`),
  variable('instance', 'Instance', `label_values(${serverMetrics.countersStarted.name}, instance)`),
];

/** Places panels from left to right and starts a line where the next one does not fit. */
function layOut(rows: Dashboard['rows']): object[] {
  const placed: object[] = [];
  let y = 0;
  for (const { title, panels } of rows) {
    const gridPos = { x: 0, y, w: COLUMNS, h: 1 };
    placed.push({
      ...{ id: placed.length + 1, type: 'row', title, gridPos },
      ...{ collapsed: false, panels: [] },
    });
    y += 1;
    let [x, lineHeight] = [0, 0];
    for (const panel of panels) {
      const { width, height = HEIGHTS[panel.shows] } = panel;
      if (x + width > COLUMNS) {
        y += lineHeight;
        [x, lineHeight] = [0, 0];
      }
      placed.push(describePanel(panel, placed.length + 1, { x, y, w: width, h: height }));
      x += width;
      lineHeight = Math.max(lineHeight, height);
    }
    y += lineHeight;
  }
  return placed;
}

/**
 * The text of a dashboard's file: every panel, variable and annotation on a line of its own with its keys sorted, so that
 * the difference of two versions names the panels that changed.
 */
export function printDashboard(dashboard: Dashboard): string {
  const { templating, annotations: marks, panels, ...rest } = sorted(describeDashboard(dashboard));
  const lines = (list: object[]) =>
    `[\n${list.map((item) => `    ${JSON.stringify(item)}`).join(',\n')}\n  ]`;
  const fields = [
    ...Object.entries(rest).map(([key, value]) => `"${key}": ${JSON.stringify(value)}`),
    `"annotations": {"list": ${lines(marks.list)}}`,
    `"templating": {"list": ${lines(templating.list)}}`,
    `"panels": ${lines(panels)}`,
  ];
  return `{\n${fields.map((field) => `  ${field}`).join(',\n')}\n}\n`;
}

function sorted<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  ) as Value;
}
