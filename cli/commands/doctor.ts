import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `doctor`: reports what this machine has for a run, and how to get what is missing. */
export function addDoctorCommand(program: Command, context: CliContext): void {
  const command = program
    .command('doctor')
    .description('look for everything a run needs, and say how to get what is missing');
  addSettingFlags(command, ['databaseUrl', 'redisUrl', 'kafkaBrokers', 'kafkaHome']);
  addExamples(command, [
    'flashsale-cli doctor',
    'flashsale-cli doctor --redis-url redis://127.0.0.1:6379',
  ]);
  command.action(async () => {
    const { examineMachine } = await import('../actions/doctor.ts');
    await examineMachine(command, context);
  });
}
