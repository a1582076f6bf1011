import { systemClock } from '../../src/kernel/clock.ts';
import { ProviderBehaviour } from '../../src/protocol/payments.ts';
import { startRun } from '../../src/run/run.ts';
import { isSale, type SaleReport } from '../../src/run/run-report.ts';
import { createScope } from '../../src/stack/resource.ts';
import { createStack, type RunningStack } from '../../src/stack/stack.ts';

export interface FaultySale {
  scenario: string;
  instances: number;
  redis?: boolean;
  kafka?: boolean;
  kafkaHome?: string;
  /** Behaviour of a payment provider that runs as a process of its own. */
  payments?: Partial<ProviderBehaviour>;
  stock?: number;
  buyers?: number;
  holdTtlMs?: number;
  databaseUrl: string;
  /** The URLs that buyers call; absent: those of the servers. */
  targetsOf?(stack: RunningStack): Promise<string[]>;
  /** Causes the fault, once the load runs. The sale goes on meanwhile, and is judged after both have ended. */
  fault(stack: RunningStack): Promise<void>;
}

/** Runs one sale on a stack of its own with a fault in the middle, and answers with its report. */
export async function sellUnder(sale: FaultySale): Promise<SaleReport> {
  const { redis = false, kafka = false, holdTtlMs = 120_000, payments, fault, ...rest } = sale;
  const { targetsOf = async ({ targets }: RunningStack) => targets, ...details } = rest;
  const scope = createScope();
  try {
    const stack = await scope.start(
      createStack({
        ...{ instances: sale.instances, redis, kafka, kafkaHome: sale.kafkaHome, holdTtlMs },
        ...{ databaseUrl: sale.databaseUrl, strategy: 'batched', unsafe: false, keep: false },
        payments: payments && ProviderBehaviour.parse(payments),
        onEvent() {},
      }),
    );
    const targets = await targetsOf(stack);
    let broken: Promise<void> | undefined;
    const run = startRun(
      {
        ...details,
        ...{
          seed: 1,
          strategy: 'batched',
          unsafe: false,
          keep: false,
          version: 'test',
          command: 'test',
        },
        ...{ redis: false, kafka: false, holdTtlMs, targetHoldTtlMs: holdTtlMs },
        scenario: `scenarios/${sale.scenario}.ts`,
        targets,
        adminToken: stack.adminToken,
      },
      {
        clock: systemClock,
        onEvent(event) {
          if (event.type === 'tick') broken ??= fault(stack);
        },
      },
    );
    const report = await run.report;
    if (broken === undefined) throw new Error('the sale was over before anything could break');
    await broken;
    if (!isSale(report)) throw new Error('the scenario sells nothing');
    return report;
  } finally {
    await scope.stop();
  }
}
