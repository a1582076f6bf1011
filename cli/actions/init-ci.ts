import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { assetPath } from '../../src/kernel/assets.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { shellWord } from '../command-line.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { writeNew } from './init.ts';

interface CiFlags {
  github?: boolean;
  gitlab?: boolean;
  scenario: string;
  target?: string;
  out?: string;
}

/** The parts that differ between the systems. The indentation is that of the template. */
const SYSTEMS = {
  github: {
    template: 'cli/templates/github.yml',
    out: '.github/workflows/flash-sale.yml',
    start: `      - name: Start the shop
        run: |
          npm start &
          timeout 60 sh -c 'until curl -fs http://127.0.0.1:3000/health; do sleep 1; done'
`,
  },
  gitlab: {
    template: 'cli/templates/gitlab.yml',
    out: '.gitlab-ci.yml',
    start: `    - npm start &
    - timeout 60 sh -c 'until curl -fs http://127.0.0.1:3000/health; do sleep 1; done'
`,
  },
};

/** Writes a workflow that gates changes on the verdict of a sale. */
export async function initCi(command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & CiFlags>();
  const { template, out, start } = SYSTEMS[systemOf(flags)];
  const { scenario, target, json } = flags;
  const run = [
    ...['npx', 'flashsale-cli', 'run', scenario],
    ...(target === undefined ? [] : ['--target', target]),
  ];
  const text = (await readFile(assetPath(template), 'utf8'))
    .replace('{start}\n', target === undefined ? '' : start)
    .replace('{run}', () => run.map(shellWord).join(' '));
  const path = flags.out ?? out;
  await writeNew(resolve(context.cwd, path), text);
  if (json) {
    context.document({ path: resolve(context.cwd, path) });
    return;
  }
  context.stdout.write(`${path}\n`);
  const ready =
    target === undefined
      ? 'it runs the reference server; name your own shop with --target'
      : 'correct how it starts your shop';
  context.stderr.write(`it needs flashsale-cli in package.json; ${ready}\n`);
}

function systemOf({ github, gitlab }: CiFlags): keyof typeof SYSTEMS {
  if (github) return 'github';
  if (gitlab) return 'gitlab';
  throw UserError.usage('for which CI system is not said', {
    why: 'workflows of GitHub and GitLab have nothing in common',
    next: 'add --github or --gitlab',
  });
}
