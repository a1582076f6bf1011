import type { Command } from 'commander';
import type { CliContext } from '../context.ts';

/** `scenarios list` and `scenarios show`: prints the scenarios that ship with the package. */
export function addScenariosCommand(program: Command, context: CliContext): void {
  const scenarios = program
    .command('scenarios')
    .description('the scenarios that ship with the package');

  scenarios
    .command('list')
    .description('names and what happens in them')
    .action(async (_: unknown, command: Command) => {
      const { printScenarios } = await import('../actions/scenarios.ts');
      await printScenarios(command, context);
    });

  scenarios
    .command('show')
    .description('print a scenario, to start one of your own from')
    .argument('<name>')
    .action(async (name: string, _: unknown, command: Command) => {
      const { printScenario } = await import('../actions/scenarios.ts');
      await printScenario(name, command, context);
    });
}
