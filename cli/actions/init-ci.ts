import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
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
  start?: string;
  out?: string;
}

/** Waits until the shop answers, where the target file of `init target` says. */
const WAIT = `timeout 60 sh -c 'until curl -fs http://127.0.0.1:3000/health; do sleep 1; done'`;

/** The parts that differ between the systems, with the indentation of the template. */
const SYSTEMS = {
  github: {
    template: 'cli/templates/github.yml',
    out: '.github/workflows/flash-sale.yml',
    install: `          cache: npm
      - run: npm ci
`,
    start: (command: string) => `      - name: Start the shop
        run: |
          ${command}
          ${WAIT}
`,
    prepare: (steps: string[]) => steps,
  },
  gitlab: {
    template: 'cli/templates/gitlab.yml',
    out: '.gitlab-ci.yml',
    install: '    - npm ci\n',
    start: (command: string) => `    - |
      ${command}
    - ${WAIT}
`,
    prepare: ([install = '', start = '']: string[]) =>
      install + start === '' ? [] : [`  before_script:\n${install}`, start],
  },
};

/** Fails and says what is to be done, where nobody said how the shop starts. */
const START_SHOP =
  "echo 'START_SHOP: write here the command that starts the shop, with & behind it' && exit 1";

/** Writes a workflow that gates changes on the verdict of a sale. */
export async function initCi(command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & CiFlags>();
  const system = SYSTEMS[systemOf(flags)];
  const { scenario, target, json } = flags;
  const project = await readProject(context.cwd);
  const start = flags.start ?? (project.starts ? 'npm start' : undefined);
  const run = [
    ...(project.hasTool
      ? ['npx', 'flashsale-cli']
      : ['npx', '--yes', `flashsale-cli@${context.version}`]),
    ...['run', scenario],
    ...(target === undefined ? [] : ['--target', target]),
  ];
  const [install = '', starting = ''] = system.prepare([
    project.isNpm ? system.install : '',
    target === undefined ? '' : system.start(start === undefined ? START_SHOP : `${start} &`),
  ]);
  const text = (await readFile(assetPath(system.template), 'utf8'))
    .replace('{install}\n', () => install)
    .replace('{start}\n', () => starting)
    .replace('{run}', () => run.map(shellWord).join(' '));
  const path = flags.out ?? system.out;
  await writeNew(resolve(context.cwd, path), text);
  if (json) {
    context.document({ path: resolve(context.cwd, path) });
    return;
  }
  context.stdout.write(`${path}\n`);
  context.stderr.write(`${nextStep(target, start)}\n`);
}

function nextStep(target: string | undefined, start: string | undefined): string {
  if (target === undefined) return 'it runs the reference server; name your own shop with --target';
  return start === undefined
    ? 'write into it how your shop starts, instead of START_SHOP (or give --start COMMAND), and where it answers'
    : `it starts your shop with ${start}; correct that and where it answers`;
}

/** The facts about the project in a folder that decide how a workflow installs and starts things. */
interface Project {
  /** It has a lock file, without which `npm ci` fails. */
  isNpm: boolean;
  /** It installs this tool. */
  hasTool: boolean;
  /** `npm start` does something. */
  starts: boolean;
}

async function readProject(folder: string): Promise<Project> {
  const isNpm = existsSync(join(folder, 'package-lock.json'));
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const { name, scripts, dependencies, devDependencies } = parsePackage(text);
  const installed = { ...dependencies, ...devDependencies };
  return {
    isNpm,
    hasTool: isNpm && (name === 'flashsale-cli' || 'flashsale-cli' in installed),
    starts: isNpm && scripts?.start !== undefined,
  };
}

interface Package {
  name?: string;
  scripts?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

/** @throws UserError (usage) for a `package.json` that npm would refuse as well */
function parsePackage(text: string): Package {
  try {
    return (JSON.parse(text) as Package | null) ?? {};
  } catch (cause) {
    throw UserError.usage('package.json cannot be read', {
      why: (cause as Error).message,
      next: 'correct it',
      cause,
    });
  }
}

function systemOf({ github, gitlab }: CiFlags): keyof typeof SYSTEMS {
  if (github) return 'github';
  if (gitlab) return 'gitlab';
  throw UserError.usage('for which CI system is not said', {
    why: 'workflows of GitHub and GitLab have nothing in common',
    next: 'add --github or --gitlab',
  });
}
