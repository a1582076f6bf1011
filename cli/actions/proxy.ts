import type { Command } from 'commander';
import { rootMessage, UserError } from '../../src/kernel/errors.ts';
import { ExitCode } from '../../src/kernel/exit-codes.ts';
import { durationMs } from '../../src/load/schedule/duration.ts';
import { writeAddress } from '../../src/stack/proxy/address.ts';
import { describeProxyReport } from '../../src/stack/proxy/describe-report.ts';
import { createProxy } from '../../src/stack/proxy/proxy.ts';
import { createScope } from '../../src/stack/resource.ts';
import type { CliContext, GlobalFlags } from '../context.ts';

interface ProxyFlags extends GlobalFlags {
  listen: string;
  to: string;
  widen: string;
}

/** Runs a proxy until a signal comes, then prints what it did. */
export async function holdProxy(command: Command, context: CliContext): Promise<void> {
  const { listen, to, widen, json, quiet } = command.optsWithGlobals<ProxyFlags>();
  const say = (line: string): void => {
    if (!quiet) context.stderr.write(`${line}\n`);
  };
  const signal = nextSignal();
  const scope = createScope();
  const widenMs = readTime(widen);
  const proxy = createProxy({ listen, to, widenMs, onTrouble: (text) => say(`proxy: ${text}`) });
  try {
    const address = writeAddress(await scope.start(proxy));
    say(`proxy: ${address} leads to ${to}; every answer is held back by ${widenMs} ms`);
    say(`next: have the shop connect to ${address}, start the run, and end the proxy with Ctrl-C`);
    await signal;
  } finally {
    await scope.stop();
  }
  const report = proxy.report();
  if (json) context.document(report);
  else context.stdout.write(`proxy: ${describeProxyReport(report)}\n`);
  context.exit(ExitCode.valid);
}

const nextSignal = (): Promise<void> =>
  new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => resolve());
  });

function readTime(text: string): number {
  const { data, error } = durationMs.safeParse(text);
  if (error === undefined) return data;
  throw UserError.usage(`--widen ${text} is no time`, {
    why: error.issues[0]?.message ?? rootMessage(error),
    next: 'write it as 5ms or 0.5s',
    cause: error,
  });
}
