import { Box, Text } from 'ink';
import { createStyle } from '../render/style.ts';
import {
  invariantLines,
  loadLines,
  noticeLines,
  phaseLines,
  stockLines,
  targetLines,
  titleLine,
} from './run-lines.ts';
import type { RunView } from './run-view.ts';

interface ScreenProps {
  view: RunView;
  /** Size of the terminal. */
  columns: number;
  rows: number;
  color: boolean;
}

/** Draws a running run, never wider than the terminal and at least one line lower, so that nothing scrolls. */
export function RunScreen({ view, columns, rows, color }: ScreenProps) {
  const style = createStyle(color);
  const isBroken = view.violations.length > 0;
  // The parts in the order of the screen; a part of a high rank is dropped first where there is no room for all.
  const parts: Part[] = [
    { rank: 1, lines: [titleLine(view, style), ...phaseLines(view, style)] },
    // A broken invariant is worth more than all figures; that none is broken, less than most.
    { rank: isBroken ? 2 : 5, lines: invariantLines(view, columns, style) },
    { rank: 3, lines: loadLines(view, columns, style) },
    { rank: 4, lines: stockLines(view, columns, style) },
    { rank: 7, lines: targetLines(view, columns, style) },
    { rank: 6, lines: noticeLines(view, style) },
  ];
  return <Lines lines={fit(parts, rows - 1)} columns={columns} />;
}

/** Draws the lines of a finished run that stay on the terminal: its phases, broken invariants and notices. */
export function RunRemains({ view, columns, color }: Omit<ScreenProps, 'rows'>) {
  const style = createStyle(color);
  const broken = view.violations.length > 0 ? invariantLines(view, columns, style) : [];
  const lines = [...phaseLines(view, style, true), ...broken, ...noticeLines(view, style)];
  return <Lines lines={lines} columns={columns} />;
}

function Lines({ lines, columns }: { lines: string[]; columns: number }) {
  return (
    <Box flexDirection="column" width={columns}>
      {lines.map((line, row) => (
        // The row is the key of a line, because nothing else of it lasts from one frame to the next.
        <Text key={row} wrap="truncate-end">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  );
}

interface Part {
  /** 1 is the most important part. */
  rank: number;
  lines: string[];
}

/** Joins the parts with blank lines between them; with less room without these, then without the least important parts. */
function fit(parts: Part[], linesMax: number): string[] {
  const filled = parts.filter(({ lines }) => lines.length > 0);
  const spaced = filled.flatMap(({ lines }, index) => (index === 0 ? lines : ['', ...lines]));
  if (spaced.length <= linesMax) return spaced;

  let room = Math.max(linesMax, 0);
  const kept = new Map<Part, string[]>();
  for (const part of [...filled].sort((a, b) => a.rank - b.rank)) {
    kept.set(part, part.lines.slice(0, room));
    room -= kept.get(part)?.length ?? 0;
  }
  return filled.flatMap((part) => kept.get(part) ?? []);
}
