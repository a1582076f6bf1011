import { createMediaService } from '../media/index.ts';
import type { Foundation } from './foundation.ts';

export type MediaService = ReturnType<typeof createMediaService>;

/** The state of a circuit through which no call has gone yet. */
const CLOSED = 0;

export function composeMedia({ config, metrics, log }: Foundation): MediaService {
  const onCircuit = (state: number) => metrics.circuitState.set({ dependency: 'media' }, state);
  onCircuit(CLOSED);
  return createMediaService({
    ...{ options: config, onCircuit, log },
    onCall: (call, outcome) => metrics.mediaCalls.inc({ call, outcome }),
  });
}
