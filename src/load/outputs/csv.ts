import { openChunkedFile } from '../../history/chunked-file.ts';
import type { Tags } from '../metrics/metrics.ts';
import type { OpenOutput } from './output.ts';

/** The tags that have a column each, as in k6; all other tags share the column `extra_tags`. */
const TAG_COLUMNS = [
  'check',
  'error',
  'error_code',
  'expected_response',
  'group',
  'method',
  'name',
  'proto',
  'scenario',
  'service',
  'status',
  'subproto',
  'tls_version',
  'url',
];
const HEADER = [
  'metric_name',
  'timestamp',
  'metric_value',
  ...TAG_COLUMNS,
  'extra_tags',
  'metadata',
];

/** k6's CSV output: a header, then one row per sample; times in seconds, values with six digits. */
export const openCsv: OpenOutput = async (path) => {
  const file = openChunkedFile(path, { name: 'the output', option: '--out csv=FILE' });
  let latest: { tags: Tags; cells: string } | undefined;
  file.append(`${HEADER.join(',')}\n`);

  return {
    add({ metric, value, timeMs, tags }) {
      if (latest?.tags !== tags) latest = { tags, cells: tagCells(tags) };
      const seconds = Math.floor(timeMs / 1_000);
      file.append(`${metric.name},${seconds},${value.toFixed(6)},${latest.cells},\n`);
    },
    close: file.close,
  };
};

function tagCells(tags: Tags): string {
  const extra = Object.entries(tags)
    .filter(([name]) => !TAG_COLUMNS.includes(name))
    .map(([name, value]) => `${name}=${value}`);
  return [...TAG_COLUMNS.map((name) => tags[name] ?? ''), extra.join('&')].map(quote).join(',');
}

const quote = (cell: string): string =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
