import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addExamples } from './examples.ts';

/** `scenarios list` and `scenarios show`: prints the scenarios that ship with the package. */
export function addScenariosCommand(program: Command, context: CliContext): void {
  const scenarios = program
    .command('scenarios')
    .description('the scenarios that ship with the package');
  addExamples(scenarios, ['flashsale-cli scenarios list', 'flashsale-cli scenarios show rush']);

  const list = scenarios.command('list').description('names and what happens in them');
  addExamples(list, ['flashsale-cli scenarios list', 'flashsale-cli scenarios list --json']);
  list.action(async () => {
    const { printScenarios } = await import('../actions/scenarios.ts');
    await printScenarios(list, context);
  });

  const show = scenarios
    .command('show')
    .description('print a scenario, to start one of your own from')
    .argument('<name>', 'the name of a bundled scenario');
  addExamples(show, [
    'flashsale-cli scenarios show rush',
    'flashsale-cli scenarios show last-unit > my-sale.ts',
  ]);
  show.action(async (name: string) => {
    const { printScenario } = await import('../actions/scenarios.ts');
    await printScenario(name, show, context);
  });
}
