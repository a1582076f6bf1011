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
 * @throws UserError (usage) when the options ask for a history, because there is none
 */
export function plainLoad(
  script: Pick<LoadedScript, 'name'>,
  { historyFile, targets, shop }: Pick<RunOptions, 'historyFile' | 'targets' | 'shop'>,
  { scope, onEvent }: Pick<RunDeps, 'scope' | 'onEvent'>,
): RunKind {
  if (historyFile !== undefined) {
    throw UserError.usage(`${script.name} sells nothing, so there is no history to keep`, {
      why: 'it exports no `sale`',
      next: 'leave --history out, or add `export const sale = { stock: 100, buyers: 2000 };`',
    });
  }
  return {
    async prepare() {
      if (targets !== undefined || shop !== undefined) {
        const line = `--target is not used: ${script.name} exports no \`sale\`, and sends its requests to the URLs in it`;
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
