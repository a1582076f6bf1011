import { padTo, widthOf } from './style.ts';

/** Aligns the cells of rows in columns, two spaces apart. Columns whose index is in `right` are aligned to the right. */
export function alignRows(rows: string[][], right: number[] = []): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right.includes(column)
          ? ' '.repeat(width - widthOf(cell)) + cell
          : padTo(cell, width);
      })
      .join('  ')
      .trimEnd(),
  );
}
