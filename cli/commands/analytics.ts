import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { addSettingFlags } from '../setting-flags.ts';
import { addExamples } from './examples.ts';

/** `analytics recount`: has a running server count what it stored anew, and shows which of its counts were wrong. */
export function addAnalyticsCommands(program: Command, context: CliContext): void {
  const analytics = program
    .command('analytics')
    .description('the counts that a running server makes of what clients tell it');

  const recount = analytics
    .command('recount')
    .description(
      'count the stored events of some days anew: counts that were wrong are listed and corrected',
    )
    .option('--from <day>', 'the first day, in UTC, as 2026-11-27 (default: the last one)')
    .option('--to <day>', 'the last day, in UTC (default: today)');
  addSettingFlags(recount, ['target', 'adminToken']);
  for (const named of [analytics, recount]) {
    addExamples(named, [
      'flashsale-cli analytics recount',
      'flashsale-cli analytics recount --from 2026-11-01 --to 2026-11-07 --json',
    ]);
  }
  recount.action(async () => {
    const { recountAnalytics } = await import('../actions/analytics.ts');
    await recountAnalytics(recount, context);
  });
}
