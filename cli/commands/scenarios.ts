import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type CliContext, columnsOf, type GlobalFlags } from '../context.ts';
import { wrap } from '../render/style.ts';
import { findScenario, listScenarios } from '../scenario-files.ts';

/** `scenarios list|show`: what ships with the package. */
export function addScenariosCommand(program: Command, context: CliContext): void {
  const scenarios = program
    .command('scenarios')
    .description('the scenarios that ship with the package');

  scenarios
    .command('list')
    .description('names and what happens in them')
    .action(async (_: unknown, command: Command) => {
      const all = await listScenarios();
      if (command.optsWithGlobals<GlobalFlags>().json) {
        context.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
        return;
      }
      const width = Math.max(...all.map(({ name }) => name.length));
      for (const { name, description } of all) {
        const lines = wrap(description, columnsOf(context.stdout) - width - 2);
        lines.forEach((line, index) => {
          context.stdout.write(`${(index === 0 ? name : '').padEnd(width)}  ${line}\n`);
        });
      }
    });

  scenarios
    .command('show')
    .description('print a scenario, to start one of your own from')
    .argument('<name>')
    .action(async (name: string) => {
      context.stdout.write(await readFile(await findScenario(name, context.cwd), 'utf8'));
    });
}
