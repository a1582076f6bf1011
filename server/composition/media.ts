import { createMediaService } from '../media/index.ts';
import type { Foundation } from './foundation.ts';

export type MediaService = ReturnType<typeof createMediaService>;

/** The state of a circuit through which no call has gone yet. */
const CLOSED = 0;

export function composeMedia({ config, metrics, log }: Foundation): MediaService {
  for (const dependency of ['media', 'media_reads']) {
    metrics.circuitState.set({ dependency }, CLOSED);
  }
  return createMediaService({
    ...{ options: config, log },
    onCircuit: (dependency, state) => metrics.circuitState.set({ dependency }, state),
    onCall: (call, outcome) => metrics.mediaCalls.inc({ call, outcome }),
  });
}
