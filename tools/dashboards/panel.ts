import type { Panel } from './dashboard.ts';

/** The uid of the data source in `grafana/provisioning/`. A dashboard that names it does not ask for one. */
export const PROMETHEUS = { type: 'prometheus', uid: 'flashsale-prometheus' };

/** Makes the JSON of Grafana of a panel, as an object. */
export function describePanel(panel: Panel, id: number, gridPos: object): object {
  const { title, description, unit, max, queries } = panel;
  const { type, custom, options, isInstant } = LOOKS[panel.shows];
  return {
    ...{ id, type, title, description, datasource: PROMETHEUS, gridPos },
    fieldConfig: {
      defaults: { unit, min: 0, max, ...coloursOf(panel), mappings: mappingsOf(panel), custom },
      overrides: [],
    },
    options,
    ...(panel.shows === 'table' && { transformations: [columnsOf(panel)] }),
    targets: queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      ...{ datasource: PROMETHEUS, expr, legendFormat: legend },
      ...(isInstant && { instant: true, range: false, format: 'table' }),
      ...(panel.unit === 's' && expr.includes('histogram_quantile') && { exemplar: true }),
    })),
  };
}

const legend = { displayMode: 'list', placement: 'bottom', showLegend: true };
const tooltip = { mode: 'multi', sort: 'desc' };

/** The parts of Grafana's panels that make them look like what we call them. */
const LOOKS: Record<
  Panel['shows'],
  { type: string; custom?: object; options: object; isInstant?: true }
> = {
  number: {
    type: 'stat',
    options: {
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
      ...{ colorMode: 'background', graphMode: 'none', textMode: 'auto' },
    },
  },
  lines: { type: 'timeseries', custom: { lineWidth: 1 }, options: { legend, tooltip } },
  areas: {
    type: 'timeseries',
    custom: { stacking: { mode: 'normal' }, fillOpacity: 40, lineWidth: 1 },
    options: { legend, tooltip },
  },
  states: {
    type: 'state-timeline',
    custom: { fillOpacity: 70, lineWidth: 0 },
    options: { legend, tooltip, mergeValues: true, showValue: 'never', rowHeight: 0.9 },
  },
  table: { type: 'table', options: { showHeader: true, cellHeight: 'sm' }, isInstant: true },
};

/** A table has a column for each label, and no time: everything is of now. */
const columnsOf = ({ hidesValue = false }: Panel): object => ({
  id: 'organize',
  options: { excludeByName: { Time: true, ...(hidesValue && { Value: true }) } },
});

/** Blue, and for bands only where something is; or green, and red from a value on. */
const coloursOf = ({ shows, redFrom }: Panel): object => {
  const isBand = shows === 'states';
  if (redFrom === undefined && !isBand && shows !== 'number') return {};
  const plain = [
    { color: isBand ? 'transparent' : 'blue', value: null },
    ...(isBand ? [{ color: 'blue', value: 1 }] : []),
  ];
  const steps =
    redFrom === undefined
      ? plain
      : [
          { color: 'green', value: null },
          { color: 'red', value: redFrom },
        ];
  return { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } };
};

const mappingsOf = ({ words }: Panel): object[] =>
  words === undefined
    ? []
    : [
        {
          type: 'value',
          options: Object.fromEntries(
            Object.entries(words).map(([value, text]) => [value, { text }]),
          ),
        },
      ];
