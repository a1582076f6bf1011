import { runFolder } from '../../stack/run-folder.ts';
import { checkVariables } from '../../target/file/check-variables.ts';
import { describeShop } from '../../target/file/describe-shop.ts';
import { fillText } from '../../target/file/template.ts';
import type { DescribedShopOptions, RunOptions } from '../context.ts';
import { assertFaultsAreOurs } from '../faults/assert-ours.ts';
import type { HostPlan, SaleHost } from '../sale/sale-host.ts';
import type { SalePlan } from '../sale/sale-plan.ts';
import { shopDatabases } from './databases.ts';
import { planForShop } from './plan-for-shop.ts';
import { reachShop } from './proxies.ts';
import { createSeller } from './put-on-sale.ts';
import { assertOwned } from './safety.ts';
import { createSecrets } from './secrets.ts';
import type { ShopMeans } from './shop-means.ts';
import { lookUp } from './steps/lookup.ts';

/**
 * The shop of a target file as the host of a sale: somebody's server that runs already, of which the run knows what the file
 * says.
 *
 * @throws UserError (usage) when the file cannot be used, or the plan asks for what the shop does not have
 */
export function describedShop(
  scenario: string,
  plan: SalePlan,
  options: RunOptions & { shop: DescribedShopOptions },
): HostPlan {
  const { file } = options.shop;
  const { env = {}, prometheusUrl } = options;
  assertFaultsAreOurs(plan, scenario, { ...options, targets: file.url });
  checkVariables({ ...file, shownUrl: undefined }, env);
  const description = describeShop(file, env);
  const agreed = planForShop(scenario, plan, file, description);
  return {
    plan: agreed,
    detail: `the shop ${file.name}`,
    async open(deps): Promise<SaleHost> {
      const { scope } = deps;
      const { isOwned, buyersFile, staysOnSale = () => options.keep } = options.shop;
      await assertOwned(file.url, isOwned);
      const proxies = await reachShop(file, deps);
      const databases = await scope.start(shopDatabases({ timeoutMs: file.evidence.timeout }));
      const secrets = createSecrets(env);
      const means: ShopMeans = { file, secrets, databases, env, signal: deps.signal };
      return {
        ...{ targets: file.url, shownTargets: file.shownUrl },
        folder: await scope.start(runFolder({ keep: options.keep })),
        databaseUrl: databaseOf(means),
        putOnSale: createSeller(
          {
            ...{ plan: agreed, description, means, buyersFile, proxies, prometheusUrl },
            staysOnSale,
          },
          deps,
        ),
      };
    },
  };
}

/** The database that the SQL of thresholds asks, if the file names one. */
function databaseOf({ file, secrets }: ShopMeans): string | undefined {
  const { database } = file.evidence;
  if (database === undefined) return undefined;
  const url = fillText(database, lookUp({}, secrets, 'evidence.database'));
  return /^postgres(ql)?:\/\//.test(url) ? url : undefined;
}
