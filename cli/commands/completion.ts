import { Argument, type Command } from 'commander';
import { SHELL_SCRIPTS, SHELLS, type Shell } from '../completion/shells.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { addExamples } from './examples.ts';

/** `completion`: prints the script with which a shell completes our commands. */
export function addCompletionCommands(program: Command, context: CliContext): void {
  const completion = program
    .command('completion')
    .description('print the script with which a shell completes commands, flags and scenarios')
    .addArgument(new Argument('<shell>').choices(SHELLS));
  addExamples(completion, [
    'source <(flashsale-cli completion bash)                                    in ~/.bashrc; likewise zsh in ~/.zshrc',
    'flashsale-cli completion fish > ~/.config/fish/completions/flashsale-cli.fish',
  ]);
  completion.action((shell: Shell) => {
    const script = SHELL_SCRIPTS[shell];
    if (completion.optsWithGlobals<GlobalFlags>().json) context.document({ shell, script });
    else context.stdout.write(script);
  });

  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { printCandidates } = await import('../actions/complete.ts');
      await printCandidates(program, words, context);
    });
}
