import { parseArgs } from 'node:util';
import { createScope } from '../src/stack/resource.ts';
import type { BenchContext, BenchPart } from './context.ts';
import { type Arena, openArena } from './kit/arena.ts';
import { LOAD_PARTS, PARTS } from './parts.ts';
import { formatGoals, formatReport, type Goal } from './report.ts';
import { writeDocs } from './write-docs.ts';

/**
 * `npm run bench [-- PART … --rounds N --minutes N --rows-max N --write-docs]`: measures the server, the ledger and the load
 * engine against others, both sides in one run, and how cost grows. Without names it runs the default parts;
 * `--list` names all. `--write-docs` puts the results into docs/performance.md.
 */
const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    minutes: { type: 'string', default: '30' },
    'rows-max': { type: 'string', default: '1000000' },
    'write-docs': { type: 'boolean', default: false },
    scale: { type: 'string', default: '1' },
    load: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
  },
});

if (flags.list) {
  for (const { name, about, isDefault } of PARTS) {
    console.log(`${name.padEnd(12)} ${about}${isDefault ? '' : ' (only by name)'}`);
  }
} else {
  await runParts(chooseParts());
}

function chooseParts(): BenchPart[] {
  const unknown = names.filter((name) => !PARTS.some((part) => part.name === name));
  if (unknown.length > 0) {
    throw new Error(`no such part: ${unknown.join(', ')}; --list names them`);
  }
  if (names.length > 0) return PARTS.filter(({ name }) => names.includes(name));
  return flags.load ? LOAD_PARTS : PARTS.filter(({ isDefault }) => isDefault);
}

async function runParts(parts: BenchPart[]): Promise<void> {
  const scope = createScope();
  let arena: Promise<Arena> | undefined;
  const scaled = (count: number) => Math.ceil(count * Number(flags.scale));
  const context: BenchContext = {
    scaled,
    rounds: Number(flags.rounds),
    minutes: Number(flags.minutes),
    rowsMax: Number(flags['rows-max']),
    openArena() {
      arena ??= openArena(scope, scaled);
      return arena;
    },
  };
  const goals: Goal[] = [];
  process.once('SIGINT', () => void scope.stop().finally(() => process.exit(130)));
  try {
    for (const part of parts) {
      const startedAt = performance.now();
      const report = await part.run(context);
      const took = Math.round((performance.now() - startedAt) / 1_000);
      console.log(`\n## ${part.name}: ${part.about} (${took} s)\n\n${formatReport(report)}`);
      goals.push(...report.goals);
      if (flags['write-docs']) await writeDocs(part.name, report);
    }
  } finally {
    await scope.stop();
  }
  if (parts.length > 1) console.log(`\n## Goals\n\n${formatGoals(goals)}`);
}
