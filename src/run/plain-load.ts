import { noHistory } from '../history/recorder.ts';
import { UserError } from '../kernel/errors.ts';
import type { LoadedScript } from '../load/vu/script.ts';
import { runFolder } from '../stack/run-folder.ts';
import { defaultTarget } from '../target/registry.ts';
import type { RunDeps, RunOptions } from './context.ts';
import type { RunKind } from './run-kind.ts';

/**
 * The run of a script that sells nothing: it sends requests to the URLs in the script, and has numbers and thresholds,
 * but no verdict.
 *
 * A target that a variable or a config file names is for all scripts of a folder, and not used here.
 *
 * @throws UserError (usage) when the command line asks for what only a sale has: a history, rounds, a target, faults
 */
export function plainLoad(
  script: Pick<LoadedScript, 'name'>,
  {
    historyFile,
    rounds = 1,
    targets,
    shop,
    saleFlags: [flag] = [],
  }: Pick<RunOptions, 'historyFile' | 'rounds' | 'targets' | 'shop' | 'saleFlags'>,
  { scope, onEvent }: Pick<RunDeps, 'scope' | 'onEvent'>,
): RunKind {
  if (historyFile !== undefined)
    throw needsSale(script, 'there is no history to keep', '--history');
  if (rounds > 1) throw needsSale(script, 'there is nothing to do in several rounds', '--rounds');
  if (flag !== undefined) throw needsSale(script, `${flag} has no effect`, flag);
  return {
    async prepare() {
      if (targets !== undefined || shop !== undefined) {
        const line = `the target is not used: ${script.name} exports no \`sale\`, and sends its requests to the URLs in it`;
        onEvent({ type: 'log', line });
      }
      return {
        detail: 'the script exports no `sale`, so nothing is judged',
        env: {},
        target: defaultTarget,
        history: noHistory,
        folder: await scope.start(runFolder({ keep: false })),
        queried: {},
        async collectEvidence() {},
        judge: async () => undefined,
      };
    },
  };
}

const needsSale = ({ name }: Pick<LoadedScript, 'name'>, so: string, flag: string): UserError =>
  UserError.usage(`${name} sells nothing, so ${so}`, {
    why: 'it exports no `sale`, so its requests go to the URLs in it, and nothing is judged',
    next: `leave ${flag} out, or add \`export const sale = { stock: 100, buyers: 2000 };\``,
  });
