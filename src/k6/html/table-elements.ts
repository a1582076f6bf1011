import { all, choice, flag, indexAmong, number, type Readers, reading, text } from './readers.ts';

const TABLE_SECTION: Readers = { rows: all('tr') };
const TABLE_CELL: Readers = {
  ...reading(number(1), 'colSpan', 'rowSpan'),
  ...reading(text, 'headers'),
  cellIndex: indexAmong('tr', 'th,td', -1),
};

export const TABLE_ELEMENTS: Record<string, Readers> = {
  table: {
    ...reading(flag, 'sortable'),
    caption: (element) => element.selection().children('caption').get(0),
    tHead: (element) => element.selection().children('thead').get(0),
    tFoot: (element) => element.selection().children('tfoot').get(0),
    tBodies: all('tbody'),
    rows: all('tr'),
  },
  thead: TABLE_SECTION,
  tbody: TABLE_SECTION,
  tfoot: TABLE_SECTION,
  tr: {
    cells: all('th,td'),
    rowIndex: indexAmong('table', 'tr', -1),
    sectionRowIndex: indexAmong('thead,tbody,tfoot', 'tr', -1),
  },
  col: { span: (element) => Math.max(1, number(1)('span')(element)) },
  td: TABLE_CELL,
  th: {
    ...TABLE_CELL,
    ...reading(text, 'abbr'),
    ...reading(choice('', 'row', 'col', 'colgroup', 'rowgroup'), 'scope'),
    ...reading(flag, 'sorted'),
  },
};
