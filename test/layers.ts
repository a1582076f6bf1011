import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The folders that each folder may import. A layer is a folder; a file belongs to the innermost layer that contains it. A
 * layer may import itself and the layers in its list; `/**` means a folder with all below it. Every file must be in a
 * layer.
 */
export const LAYERS: Record<string, readonly string[]> = {
  'src/kernel': [],
  'src/protocol': ['src/kernel'],
  'src/metrics': ['src/kernel', 'src/protocol'],
  'src/tracing': ['src/kernel'],
  'src/history': ['src/kernel', 'src/protocol', 'src/metrics'],
  'src/checkers': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history'],
    ...['src/checkers/checks', 'src/checkers/reading'],
  ],
  'src/checkers/checks': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history'],
    ...['src/checkers', 'src/checkers/reading'],
  ],
  'src/checkers/reading': ['src/kernel', 'src/protocol', 'src/history', 'src/checkers'],
  'src/checkers/watching': [
    ...['src/kernel', 'src/metrics', 'src/history', 'src/checkers/checks'],
    'src/checkers/reading',
  ],
  'src/merging': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history', 'src/checkers'],
    'src/checkers/reading',
  ],
  // It is judged by the checkers, so it has no code in common with them.
  'src/simulation': ['src/kernel', 'src/protocol', 'src/metrics', 'src/history', 'src/target'],
  // Pure functions over plain data, which k6 runs as well.
  'scenarios/lib': [],
  'src/target': ['src/kernel', 'src/protocol', 'src/history', 'scenarios/lib'],
  'src/load': ['src/load/http', 'src/load/metrics', 'src/load/schedule'],
  'src/load/http': ['src/kernel'],
  'src/load/metrics': ['src/kernel', 'src/target', 'src/load/http'],
  'src/load/outputs': ['src/kernel', 'src/history', 'src/load/metrics'],
  'src/load/schedule': ['src/kernel'],
  'src/load/operations': [
    'scenarios/lib',
    'src/protocol',
    'src/history',
    'src/target',
    'src/load/http',
  ],
  'src/load/rendezvous': ['src/load/metrics', 'src/load/schedule'],
  'src/load/calls': [
    ...['src/kernel', 'src/target', 'src/tracing', 'src/load/http', 'src/load/metrics'],
    ...['src/load/schedule', 'src/load/operations', 'src/load/rendezvous'],
  ],
  'src/load/vu': [
    ...['src/kernel', 'src/history', 'src/target', 'src/load', 'src/load/http'],
    ...['src/load/metrics', 'src/load/schedule', 'src/load/operations', 'src/load/rendezvous'],
    ...['src/load/calls', 'src/tracing'],
  ],
  'src/load/engine': [
    ...['src/kernel', 'src/history', 'src/target', 'src/tracing', 'src/load', 'src/load/http'],
    ...['src/load/metrics', 'src/load/schedule', 'src/load/rendezvous', 'src/load/vu'],
  ],
  'src/k6': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history', 'src/target'],
    ...['src/load/**', 'src/k6/**', 'src/tracing'],
  ],
  'src/k6/runtime': ['src/load/**'],
  'src/k6/options': ['src/kernel', 'src/load/**'],
  'src/k6/flags': ['src/kernel', 'src/load/**', 'src/k6/options'],
  'src/k6/html': ['src/kernel', 'src/load/**'],
  'src/k6/http': ['src/kernel', 'src/load/**', 'src/k6/html', 'src/k6/runtime'],
  'src/k6/modules': ['src/kernel', 'src/load/**', 'src/k6/html', 'src/k6/http', 'src/k6/runtime'],
  'src/stack': ['src/kernel', 'src/protocol', 'src/metrics', 'src/stack/**'],
  'src/stack/processes': ['src/kernel', 'src/stack'],
  'src/stack/proxy': ['src/kernel', 'src/stack'],
  'src/stack/services': ['src/kernel', 'src/protocol', 'src/stack', 'src/stack/processes'],
  'src/run': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history', 'src/checkers', 'src/target'],
    ...['src/load/**', 'src/k6/**', 'src/stack/**', 'src/run/**', 'src/report/pictures'],
    'src/tracing',
  ],
  'src/run/shop': [
    ...['src/kernel', 'src/protocol', 'src/history', 'src/target', 'src/load/**', 'src/stack/**'],
    ...['src/run', 'src/run/sale', 'src/run/faults', 'src/run/shop/books', 'scenarios/lib'],
  ],
  'src/run/shop/check': [
    ...['src/kernel', 'src/protocol', 'src/checkers', 'src/checkers/checks', 'src/target'],
    ...['src/run/shop', 'src/run/shop/books', 'scenarios/lib'],
  ],
  'src/run/shop/books': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history', 'src/target', 'src/run'],
    ...['src/run/shop', 'src/run/thresholds'],
  ],
  'src/run/faults': [
    ...['src/kernel', 'src/history', 'src/load/**', 'src/stack/**', 'src/run', 'src/run/sale'],
  ],
  'src/run/parts': [
    ...['src/kernel', 'src/history', 'src/target', 'src/load/**', 'src/k6/**', 'src/stack'],
    ...['src/run', 'src/run/sale', 'src/run/shop', 'src/run/shop/books'],
  ],
  'src/run/metrics': [
    ...['src/kernel', 'src/metrics', 'src/checkers', 'src/load', 'src/load/outputs', 'src/run'],
  ],
  'src/run/counters': ['src/kernel', 'src/metrics', 'src/history'],
  'src/run/thresholds': [
    ...['src/kernel', 'src/metrics', 'src/checkers', 'src/checkers/checks'],
    ...['src/load/**', 'src/run'],
  ],
  'src/run/sale': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history', 'src/checkers', 'src/target'],
    'src/checkers/watching',
    'scenarios/lib',
    ...['src/load/**', 'src/stack/**', 'src/run', 'src/run/counters', 'src/run/thresholds'],
    'src/run/faults',
    'src/report/pictures',
  ],
  'src/report': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history', 'src/checkers', 'src/load/**'],
    ...['src/run', 'src/report/pictures'],
  ],
  'src/report/pictures': [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'src/history', 'src/checkers'],
    'src/checkers/reading',
  ],
  'src/report/ci': [
    ...['src/kernel', 'src/checkers', 'src/load/**', 'src/run', 'src/report/pictures'],
  ],
  'src/report/page': [
    ...['src/kernel', 'src/history', 'src/checkers', 'src/load/**', 'src/run'],
    ...['src/report', 'src/report/pictures'],
  ],
  'src/comparison': ['src/kernel', 'src/report', 'src/report/page', 'src/report/pictures'],
  cli: ['cli/**', 'src/**'],

  // Features do not import one another. compose.ts is above all of them and passes each the parts of others it needs.
  server: ['server/**', 'src/kernel', 'src/protocol', 'src/metrics', 'src/tracing'],
  'server/platform': ['src/kernel', 'src/protocol', 'src/metrics', 'src/tracing', 'server/stock'],
  'server/http': ['src/kernel', 'src/protocol', 'server/http/response'],
  'server/http/response': ['src/kernel', 'src/protocol', 'server/platform'],
  'server/http/request': ['src/protocol', 'server/http/response'],
  'server/http/guards': [
    ...['src/protocol', 'server/http/request', 'server/http/response', 'server/platform'],
  ],
  'server/http/monitoring': [
    ...['src/kernel', 'src/protocol', 'server/http', 'server/http/description'],
    ...['server/http/request', 'server/http/response', 'server/platform'],
  ],
  'server/http/description': ['src/protocol', 'server/http', 'server/http/response'],
  'server/stock': ['src/kernel', 'src/protocol', 'src/metrics', 'server/platform'],
  // A simulation of an external service, so it shares no code with the features.
  'server/payment-provider': ['src/kernel', 'src/protocol', 'server/http/**', 'server/platform'],
  'server/mail-server': ['src/kernel', 'src/protocol', 'server/http/**', 'server/platform'],
  'server/events': feature(),
  'server/notifications': [
    ...feature(),
    ...['server/notifications/stream', 'server/notifications/sending'],
    'server/notifications/addresses',
  ],
  'server/notifications/stream': [...feature(), 'server/notifications'],
  'server/notifications/sending': feature(),
  'server/notifications/addresses': feature(),
  'server/accounts': feature(),
  'server/analytics': feature(),
  'server/admin': feature(),
  'server/media': feature(),
  'server/selling/products': feature(),
  'server/selling/reservations': feature(),
  'server/selling/orders': feature(),
  // The one exception: payments implement the port of orders that charges for a checkout, and confirm or fail orders.
  'server/selling/payments': [
    ...feature(),
    'server/selling/orders',
    'server/selling/payments/gateway',
  ],
  'server/selling/payments/gateway': [
    ...['src/protocol', 'server/payment-provider', 'server/platform'],
  ],
  'server/selling/campaigns': feature(),
  'server/selling/flash-sales': feature(),
  'server/selling/shows': feature(),
  'server/selling/baskets': feature(),
  'server/selling/tickets': feature(),
  'server/engagement': ['src/protocol', 'server/events'],
  'server/engagement/achievements': [...feature(), 'server/engagement'],
  'server/engagement/quests': [...feature(), 'server/engagement'],
  'server/engagement/leaderboard': feature(),
};

function feature(): string[] {
  return [
    ...['src/kernel', 'src/protocol', 'src/metrics', 'server/platform', 'server/http/**'],
    ...['server/stock', 'server/events'],
  ];
}

export interface Source {
  /** From the repository's root, with forward slashes. */
  path: string;
  text: string;
}

/** One sentence for each import that runs against the layers. */
export function findViolations(sources: Source[]): string[] {
  return sources.flatMap(({ path, text }) => {
    const layer = layerOf(path);
    if (layer === undefined) return [`${path} is in no layer: add its folder to test/layers.ts`];
    return importsOf(path, text)
      .filter((imported) => !mayImport(layer, imported))
      .map((imported) => `${path} imports ${imported}, which ${layer} may not`);
  });
}

/** The files of the product. Tests are left out, because they may import everything. */
export function readSources(root: string): Source[] {
  return ['cli', 'server', 'src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
      .filter((path) => /\.tsx?$/.test(path) && !/\.(test|contract)\.tsx?$|\/testing\//.test(path))
      .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') })),
  );
}

const isIn = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);

function layerOf(path: string): string | undefined {
  return Object.keys(LAYERS)
    .filter((layer) => isIn(path, layer))
    .toSorted((a, b) => b.length - a.length)[0];
}

function mayImport(layer: string, imported: string): boolean {
  const target = layerOf(imported);
  const allowed = [layer, ...(LAYERS[layer] ?? [])];
  return allowed.some((name) =>
    name.endsWith('/**') ? isIn(imported, name.slice(0, -3)) : name === target,
  );
}

function importsOf(path: string, text: string): string[] {
  const specifiers = text.matchAll(/(?:from|import|import\()\s*'(\.{1,2}\/[^']+)'/g);
  return [...specifiers].map(([, specifier]) =>
    relative('.', join(dirname(path), specifier as string)).replaceAll('\\', '/'),
  );
}
