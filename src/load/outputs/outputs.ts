import { rootMessage, UserError } from '../../kernel/errors.ts';
import type { SampleObserver } from '../metrics/metrics.ts';
import { createTagFilter } from '../metrics/system-tags.ts';
import { openCsv } from './csv.ts';
import { openJson } from './json.ts';
import type { OpenOutput, Output, OutputContext } from './output.ts';
import { openPrometheus } from './prometheus.ts';
import { openRemoteWrite } from './remote-write.ts';

/** Every kind of output that can be asked for with `--out KIND=WHERE`. */
const KINDS: Record<string, OpenOutput> = {
  json: openJson,
  csv: openCsv,
  prometheus: openPrometheus,
  'prometheus-rw': openRemoteWrite,
};

/** The outputs of one run. */
export interface Outputs {
  /** To be told of every sample; undefined when there is no output, so that nothing is spent on samples. */
  observe: SampleObserver | undefined;
  /** Sends what was not sent yet to whoever is asked about the run before it is over. */
  flush(): Promise<void>;
  /** Writes what is left everywhere. Answers with what could not be written, one sentence each. Safe to call again. */
  close(): Promise<string[]>;
}

/**
 * Opens what `specs` ask for, each `KIND=WHERE`.
 *
 * @throws UserError when one of them is no output, or cannot be opened; those opened before are closed
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

  const tagsOf = createTagFilter(context.options.systemTags);
  const observe: SampleObserver = (metric, value, source, timeMs = context.clock.nowMs()) => {
    const sample = { metric, value, timeMs, tags: tagsOf(source) };
    for (const output of outputs) output.add(sample);
  };
  return { observe: outputs.length === 0 ? undefined : observe, flush, close };
}

function open(spec: string, context: OutputContext): Promise<Output> {
  const equals = spec.indexOf('=');
  const kind = equals < 0 ? spec : spec.slice(0, equals);
  const where = equals < 0 ? '' : spec.slice(equals + 1);
  const openKind = KINDS[kind];
  if (openKind === undefined || where === '') {
    const kinds = Object.keys(KINDS).join(', ');
    throw UserError.usage(`--out ${kind} is not an output`, {
      why: openKind === undefined ? `the outputs are ${kinds}` : 'it does not say where to',
      next: 'use json=FILE, csv=FILE, prometheus=PORT or prometheus-rw=URL',
    });
  }
  return openKind(where, context);
}

const problemOf = (error: unknown): string =>
  error instanceof UserError ? `${error.message}: ${error.why}` : rootMessage(error);
