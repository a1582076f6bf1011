import { isPlain, type Reason, reasonOf } from './reasons.ts';
import { RULES, type Rule } from './rules.ts';
import { ORIGINS, type Origin, type Trial } from './trial.ts';

/** Counts what a proof has seen. */
export interface Tally {
  /** Returns the name of the reason, for an impossible history, unless only alarms are of interest. */
  add(trial: Trial, alarmsOnly?: boolean): string | undefined;
  /** The counts so far, in a few lines. */
  summary(): string[];
  /** The impossible histories by their reasons, as a Markdown table. */
  table(): string[];
}

interface Counts {
  impossible: number;
  caught: number;
}

export function createTally(): Tally {
  const origins = new Map<Origin, Record<Trial['oracle'], number>>(
    ORIGINS.map((origin) => [origin, { possible: 0, impossible: 0, 'too large': 0 }]),
  );
  const rows = new Map<string, { plain: Counts; other: Counts }>();

  return {
    add(trial, alarmsOnly = false) {
      const counts = origins.get(trial.origin);
      if (counts !== undefined) counts[trial.oracle] += 1;
      if (alarmsOnly || trial.oracle !== 'impossible') return undefined;
      const name = nameOf(reasonOf(trial.history));
      const row = rows.get(name) ?? { plain: noCounts(), other: noCounts() };
      rows.set(name, row);
      const cell = isPlain(trial.history) ? row.plain : row.other;
      cell.impossible += 1;
      if (trial.isCaught) cell.caught += 1;
      return isPlain(trial.history) ? `${name}, plain` : name;
    },
    summary: () =>
      [...origins].map(
        ([origin, { possible, impossible, 'too large': large }]) =>
          `${origin}: ${possible} possible, ${impossible} impossible, ${large} too large to decide`,
      ),
    table: () => [
      '| a history that shows | is looked for by | found, plain | found, with lapses or doubts |',
      '|---|---|---|---|',
      ...[...rows]
        .toSorted(([a], [b]) => a.localeCompare(b))
        .map(([name, { plain, other }]) => `| ${name} | ${say(plain)} | ${say(other)} |`),
      `| *all* | | ${say(sum([...rows.values()].map(({ plain }) => plain)))} | ${say(sum([...rows.values()].map(({ other }) => other)))} |`,
    ],
  };
}

const noCounts = (): Counts => ({ impossible: 0, caught: 0 });

const say = ({ impossible, caught }: Counts): string =>
  impossible === 0 ? '–' : `${caught} of ${impossible}`;

const sum = (all: Counts[]): Counts => ({
  impossible: all.reduce((total, { impossible }) => total + impossible, 0),
  caught: all.reduce((total, { caught }) => total + caught, 0),
});

function nameOf({ rule, isJoint }: Reason): string {
  if (rule === undefined) return 'several of these at once | ';
  const joint = isJoint ? ', in two refusals that exclude each other' : '';
  const { breach, check }: { breach: string; check: string } = RULES[rule satisfies Rule];
  return `${breach}${joint} | \`${check}\``;
}
