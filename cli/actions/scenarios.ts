import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { type CliContext, columnsOf, type GlobalFlags } from '../context.ts';
import { padTo, widthOf, wrap } from '../render/style.ts';
import { findScenario, listScenarios } from '../scenario-files.ts';

/** Prints the names of the bundled scenarios and what happens in them. */
export async function printScenarios(command: Command, context: CliContext): Promise<void> {
  const all = await listScenarios();
  if (command.optsWithGlobals<GlobalFlags>().json) {
    context.document(all);
    return;
  }
  const width = Math.max(...all.map(({ name }) => widthOf(name)));
  for (const { name, description } of all) {
    const lines = wrap(description, columnsOf(context.stdout) - width - 2);
    lines.forEach((line, index) => {
      context.stdout.write(`${padTo(index === 0 ? name : '', width)}  ${line}\n`);
    });
  }
}

/** Prints the source of one scenario. */
export async function printScenario(
  name: string,
  command: Command,
  context: CliContext,
): Promise<void> {
  const path = await findScenario(name, context.cwd);
  const source = await readFile(path, 'utf8');
  if (command.optsWithGlobals<GlobalFlags>().json) context.document({ path, source });
  else context.stdout.write(source);
}
