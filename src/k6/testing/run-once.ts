import { runScript, type ScriptRun } from './run-script.ts';

/** A run of one iteration. */
export interface OneIteration extends ScriptRun {
  /** The lines of the log; those that are JSON are parsed. */
  shown: unknown[];
}

/**
 * Runs `body` once, as the iteration of a script that imports k6's modules and logs a value as JSON by `show(value)`. The
 * body begins in line 10 of the script.
 *
 * @param init init code of the script
 */
export async function runOnce(
  body: string,
  {
    init = '',
    files = {},
    base = '',
    way,
  }: {
    init?: string;
    files?: Record<string, string>;
    base?: string;
    way?: 'threads' | undefined;
  } = {},
): Promise<OneIteration> {
  const run = await runScript(
    `import { check, fail, group, randomSeed, sleep } from 'k6';
     import http from 'k6/http';
     import exec, { scenario, vu } from 'k6/execution';
     import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
     import { SharedArray } from 'k6/data';
     import encoding from 'k6/encoding';
     const BASE = __ENV.BASE;
     const show = (value) => console.log(JSON.stringify(value));
     ${init}
     export default async function () { ${body} }`,
    { env: { BASE: base }, files, way },
  );
  return { ...run, shown: run.log.map((line) => parse(line)) };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
