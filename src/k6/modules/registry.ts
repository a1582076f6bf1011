import { cryptoModule } from './crypto.ts';
import { dataModule } from './data.ts';
import { encodingModule } from './encoding.ts';
import { executionModule } from './execution.ts';
import { csvModule } from './experimental/csv.ts';
import { fsModule } from './experimental/fs.ts';
import { flashsaleModule } from './flashsale.ts';
import { htmlModule } from './html.ts';
import { httpModule } from './http.ts';
import { k6SummaryModule } from './jslib/k6-summary.ts';
import { k6UtilsModule } from './jslib/k6-utils.ts';
import { k6Module } from './k6.ts';
import { metricsModule } from './metrics.ts';
import type { K6Module } from './module.ts';
import { timersModule } from './timers.ts';
import { webcryptoModule } from './webcrypto.ts';
import { websocketsModule } from './websockets.ts';
import { wsModule } from './ws.ts';

/** The modules that scripts can import, by their names. A URL stands for all versions below it. */
export const modules: Record<string, K6Module> = {
  flashsale: flashsaleModule,
  k6: k6Module,
  'k6/crypto': cryptoModule,
  'k6/data': dataModule,
  'k6/encoding': encodingModule,
  'k6/execution': executionModule,
  'k6/html': htmlModule,
  'k6/http': httpModule,
  'k6/metrics': metricsModule,
  'k6/timers': timersModule,
  'k6/websockets': websocketsModule,
  'k6/ws': wsModule,
  'k6/experimental/csv': csvModule,
  'k6/experimental/fs': fsModule,
  // Former names of globals and modules.
  'k6/experimental/timers': timersModule,
  'k6/experimental/encoding': () => ({ TextDecoder, TextEncoder }),
  'k6/experimental/webcrypto': webcryptoModule,
  'k6/experimental/websockets': websocketsModule,
  'k6/x/webcrypto': webcryptoModule,
  // A module of types only.
  'k6/options': () => ({}),
  // Built in, because nearly every script imports them and few machines that run tests can reach the internet.
  'https://jslib.k6.io/k6-summary': k6SummaryModule,
  'https://jslib.k6.io/k6-utils': k6UtilsModule,
};
