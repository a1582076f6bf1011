import * as read from './readers.ts';

const TABLE_SECTION: read.Readers = { rows: read.all('tr') };
const TABLE_CELL: read.Readers = {
  ...read.attributes(read.number(1), 'colSpan', 'rowSpan'),
  ...read.attributes(read.text, 'headers'),
  cellIndex: read.indexAmong('tr', 'th,td', -1),
};

/** The methods of tables and of the elements in them. */
export const TABLE_ELEMENTS: Record<string, read.Readers> = {
  table: {
    ...read.attributes(read.flag, 'sortable'),
    caption: (element) => element.selection().children('caption').get(0),
    tHead: (element) => element.selection().children('thead').get(0),
    tFoot: (element) => element.selection().children('tfoot').get(0),
    tBodies: read.all('tbody'),
    rows: read.all('tr'),
  },
  thead: TABLE_SECTION,
  tbody: TABLE_SECTION,
  tfoot: TABLE_SECTION,
  tr: {
    cells: read.all('th,td'),
    rowIndex: read.indexAmong('table', 'tr', -1),
    sectionRowIndex: read.indexAmong('thead,tbody,tfoot', 'tr', -1),
  },
  col: { span: (element) => Math.max(1, read.number(1)('span')(element)) },
  td: TABLE_CELL,
  th: {
    ...TABLE_CELL,
    ...read.attributes(read.text, 'abbr'),
    ...read.attributes(read.choice('', 'row', 'col', 'colgroup', 'rowgroup'), 'scope'),
    ...read.attributes(read.flag, 'sorted'),
  },
};
