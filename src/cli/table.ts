import { stripVTControlCharacters } from 'node:util';

/** Which side the cells of a column keep to. */
export type Side = 'left' | 'right';

/** Rows of cells as lines, each column as wide as its widest cell. Colours do not count. */
export function columns(rows: readonly (readonly string[])[], sides: readonly Side[] = []): string {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
  return rows
    .map((row) =>
      row
        .map((cell, at) => padded(cell, widths[at] ?? 0, sides[at] ?? 'left'))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function padded(cell: string, width: number, side: Side): string {
  const space = ' '.repeat(width - widthOf(cell));
  return side === 'left' ? cell + space : space + cell;
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
