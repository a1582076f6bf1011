import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { SampleObserver } from '../metrics/metrics.ts';
import { createTagFilter } from '../metrics/system-tags.ts';
import type { OpenOutput, Output, OutputContext } from './output.ts';

interface OutputKind {
  /** The word for WHERE in help and error texts. */
  where: string;
  load: () => Promise<OpenOutput>;
}

/** All kinds of output, by the NAME in `--out NAME=WHERE`. Their code is loaded when a run uses them. */
const KINDS: Record<string, OutputKind> = {
  json: { where: 'FILE', load: async () => (await import('./json.ts')).openJson },
  csv: { where: 'FILE', load: async () => (await import('./csv.ts')).openCsv },
  prometheus: { where: 'PORT', load: async () => (await import('./prometheus.ts')).openPrometheus },
  'prometheus-rw': {
    where: 'URL',
    load: async () => (await import('./remote-write.ts')).openRemoteWrite,
  },
  'prometheus-rw-native': {
    where: 'URL',
    load: async () => (await import('./remote-write.ts')).openNativeRemoteWrite,
  },
};

/** The forms of all outputs, for help and error texts: `json=FILE, … or prometheus-rw=URL`. */
export const OUTPUT_FORMS = new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(
  Object.entries(KINDS).map(([name, { where }]) => `${name}=${where}`),
);

/** The outputs of one run. */
export interface Outputs {
  /** Passes a sample to all outputs; undefined without outputs, so that samples cost nothing extra. */
  observe: SampleObserver | undefined;
  /** Sends samples that were not sent yet to outputs that can be queried before the run has ended. */
  flush(): Promise<void>;
  /** Resolves when those who read outputs regularly have read their last state, or do not come any more. */
  beRead(): Promise<void>;
  /** Writes the remaining samples to all outputs. Returns one sentence per output that failed. Safe to call again. */
  close(): Promise<string[]>;
}

/**
 * Opens the outputs in `specs`, each of the form `NAME=WHERE`.
 *
 * @throws UserError if one of them does not exist or cannot be opened; the outputs opened before it are closed
 */
export async function openOutputs(specs: string[], context: OutputContext): Promise<Outputs> {
  const outputs: Output[] = [];
  async function close(): Promise<string[]> {
    const ends = await Promise.allSettled(outputs.map((output) => output.close()));
    return ends.flatMap((end) => (end.status === 'rejected' ? [problemOf(end.reason)] : []));
  }
  try {
    for (const spec of specs) outputs.push(await open(spec, context));
  } catch (error) {
    await close();
    throw error;
  }

  async function flush(): Promise<void> {
    await Promise.all(outputs.map((output) => output.flush?.()));
  }

  async function beRead(): Promise<void> {
    await Promise.all(outputs.map((output) => output.beRead?.()));
  }

  const tagsOf = createTagFilter(context.options.systemTags);
  const observe: SampleObserver = (metric, value, source, timeMs = context.clock.nowMs()) => {
    const sample = { metric, value, timeMs, tags: tagsOf(source), traceId: source.traceId };
    for (const output of outputs) output.add(sample);
  };
  return { observe: outputs.length === 0 ? undefined : observe, flush, beRead, close };
}

async function open(spec: string, context: OutputContext): Promise<Output> {
  const equals = spec.indexOf('=');
  const name = equals < 0 ? spec : spec.slice(0, equals);
  const where = equals < 0 ? '' : spec.slice(equals + 1);
  const kind = KINDS[name];
  if (kind === undefined || where === '') {
    const names = Object.keys(KINDS).join(', ');
    throw UserError.usage(`--out ${name} is not an output`, {
      why: kind === undefined ? `the outputs are ${names}` : 'it does not say where to',
      next: `use ${OUTPUT_FORMS}`,
    });
  }
  const openKind = await kind.load();
  return await openKind(where, context);
}

const problemOf = (error: unknown): string =>
  error instanceof UserError ? `${error.message}: ${error.why}` : rootMessage(error);
