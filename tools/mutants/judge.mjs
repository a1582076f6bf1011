import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const JUDGE = 'src/checkers';

const isTest = (file) => file.endsWith('.test.ts');
/** Whole sales take seconds each, and do not say where the fault is. */
const isWholeSales = (file) =>
  /^(correct-sales|damaged-evidence|damaged-parts|foreign-sales|planted-bugs|many-operations)\./.test(
    file,
  );
const isIn = (file, path) =>
  path === '.' ? !/^(reading|checks)\//.test(file) : path === file || file.startsWith(`${path}/`);
const inJudge = (list) => list.sort().map((file) => join(JUDGE, file));

/**
 * Lists the files of the judge that are mutated, of those that are asked for, and the tests that are run.
 *
 * @param paths files and folders in the judge, `.` for what lies above the folders; all if empty
 */
export function readJudge(paths) {
  const files = readdirSync(JUDGE, { recursive: true }).filter((file) => file.endsWith('.ts'));
  const isAsked = (file) => paths.length === 0 || paths.some((path) => isIn(file, path));
  const isMutable = (file) => !isTest(file) && !/(^|\/)testing\//.test(file) && isAsked(file);
  return {
    asked: inJudge(files.filter(isMutable)),
    tests: inJudge(files.filter((file) => isTest(file) && !isWholeSales(file))),
    isAsked,
  };
}
