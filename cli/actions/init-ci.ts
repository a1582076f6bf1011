import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { assetPath } from '../../src/kernel/assets.ts';
import { UserError } from '../../src/kernel/errors.ts';
import { isLoopback } from '../../src/kernel/loopback.ts';
import { readTargetFile } from '../../src/target/file/read-target-file.ts';
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

/** The parts that differ between the systems, with the indentation of the template. */
const SYSTEMS = {
  github: {
    template: 'cli/templates/github.yml',
    out: '.github/workflows/flash-sale.yml',
    install: ({ name, install }: PackageManager) =>
      (name === 'npm' ? '          cache: npm\n' : '') +
      install.map((command) => `      - run: ${command}\n`).join(''),
    start: (commands: string[]) =>
      `      - name: Start the shop
        run: |
${commands.map((command) => `          ${command}\n`).join('')}`,
  },
  gitlab: {
    template: 'cli/templates/gitlab.yml',
    out: '.gitlab-ci.yml',
    install: ({ install }: PackageManager) =>
      install.map((command) => `    - ${command}\n`).join(''),
    start: (commands: string[]) =>
      commands.map((command) => `    - |\n      ${command}\n`).join(''),
  },
};

/** Fails and says what is to be done, where nobody said how the shop starts. */
const START_SHOP =
  "echo 'START_SHOP: write here the command that starts the shop, with & behind it' && exit 1";

/** The same, where no target file says at which address of this machine the shop answers. */
const WAIT_FOR_SHOP =
  "echo 'WAIT_FOR_SHOP: write here a command that ends when the shop answers' && exit 1";

/** Writes a workflow that gates changes on the verdict of a sale. */
export async function initCi(command: Command, context: CliContext): Promise<void> {
  const flags = command.optsWithGlobals<GlobalFlags & CiFlags>();
  const system = SYSTEMS[systemOf(flags)];
  const { scenario, target, json } = flags;
  const project = await readProject(context.cwd);
  const { manager } = project;
  const start = flags.start ?? (project.starts ? `${manager?.name} start` : undefined);
  const waits = target === undefined ? [] : await waitsFor(resolve(context.cwd, target));
  const run = [
    ...(project.hasTool && manager !== undefined
      ? [...manager.execute, 'flashsale-cli']
      : ['npx', '--yes', `flashsale-cli@${context.version}`]),
    ...['run', scenario],
    ...(target === undefined ? [] : ['--target', target]),
  ];
  const install = manager === undefined ? '' : system.install(manager);
  const starting =
    target === undefined
      ? ''
      : system.start([
          start === undefined ? START_SHOP : `${start} &`,
          ...(waits.length === 0 ? [WAIT_FOR_SHOP] : waits),
        ]);
  const before = flags.gitlab && install + starting !== '' ? '  before_script:\n' : '';
  const text = (await readFile(assetPath(system.template), 'utf8'))
    .replace('{install}\n', () => before + install)
    .replace('{start}\n', () => starting)
    .replace('{run}', () => run.map(shellWord).join(' '));
  const path = flags.out ?? system.out;
  await writeNew(resolve(context.cwd, path), text);
  if (json) {
    context.document({ path: resolve(context.cwd, path) });
    return;
  }
  context.stdout.write(`${path}\n`);
  context.stderr.write(`${nextStep({ target, start, waits })}\n`);
}

/**
 * The commands that wait until a shop on this machine answers, one for each instance that its target file names; none where no such
 * file can be read yet, or a shop is elsewhere.
 */
async function waitsFor(targetFile: string): Promise<string[]> {
  const file = await readTargetFile(targetFile).catch(() => undefined);
  if (file === undefined || !file.url.every((url) => isLoopback(new URL(url).hostname))) return [];
  const { url, health } = file;
  return url.map((base) => {
    // Without a path of its health, any answer will do, as for a run.
    const ask = shellWord(health === undefined ? base : `${base}${health}`);
    const curl = `curl -s${health === undefined ? '' : 'f'} -o /dev/null ${ask}`;
    return `timeout 60 sh -c ${shellWord(`until ${curl}; do sleep 1; done`)}`;
  });
}

function nextStep({
  target,
  start,
  waits,
}: {
  target: string | undefined;
  start: string | undefined;
  waits: string[];
}): string {
  if (target === undefined) return 'it runs the reference server; name your own shop with --target';
  const starts =
    start === undefined
      ? 'write into it how your shop starts, instead of START_SHOP (or give --start COMMAND)'
      : `it starts your shop with ${start}`;
  if (waits.length > 0) return starts;
  return `${starts}; ${target} names no address of this machine that could be read: write into it how to wait for your shop, instead of WAIT_FOR_SHOP`;
}

/** A package manager, as a workflow calls it. */
interface PackageManager {
  name: 'npm' | 'pnpm' | 'yarn';
  /** Commands that install what the lock file says, and nothing else. */
  install: string[];
  /** The words before the name of an installed program. */
  execute: string[];
}

/** The facts about the project in a folder that decide how a workflow installs and starts things. */
interface Project {
  /** The one whose lock file is there, without which nothing can be installed as it was. */
  manager: PackageManager | undefined;
  /** It installs this tool. */
  hasTool: boolean;
  /** Its `start` script does something. */
  starts: boolean;
}

async function readProject(folder: string): Promise<Project> {
  const manager = await findManager(folder);
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
  const { name, scripts, dependencies, devDependencies } = parsePackage(text);
  const installed = { ...dependencies, ...devDependencies };
  return {
    manager,
    hasTool: manager !== undefined && (name === 'flashsale-cli' || 'flashsale-cli' in installed),
    starts: manager !== undefined && scripts?.start !== undefined,
  };
}

/** Corepack comes with Node, and installs the version of yarn or pnpm that `package.json` names. */
async function findManager(folder: string): Promise<PackageManager | undefined> {
  const has = (file: string): boolean => existsSync(join(folder, file));
  if (has('package-lock.json')) return { name: 'npm', install: ['npm ci'], execute: ['npx'] };
  if (has('pnpm-lock.yaml')) {
    const install = ['corepack enable', 'pnpm install --frozen-lockfile'];
    return { name: 'pnpm', install, execute: ['pnpm', 'exec'] };
  }
  if (!has('yarn.lock')) return undefined;
  // Lock files of Yarn 2 and later begin with `__metadata`; the first Yarn knows the flag by another name.
  const isModern = /^__metadata:/m.test(await readFile(join(folder, 'yarn.lock'), 'utf8'));
  const install = `yarn install ${isModern ? '--immutable' : '--frozen-lockfile'}`;
  return { name: 'yarn', install: ['corepack enable', install], execute: ['yarn', 'run'] };
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
