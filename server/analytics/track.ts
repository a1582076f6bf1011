import { FUTURE_MS_MAX, type Track } from '../../src/protocol/analytics.ts';

/** A track as it is stored. */
export interface TrackRow {
  trackId: string;
  type: string;
  /** Absent: now, by the clock of the database. */
  at: string | undefined;
  skuId: string | undefined;
  units: number;
  weight: number;
  /** The fields that its type alone has, as JSON. */
  details: string;
}

/** The tracks of one call. */
export interface TrackCall {
  userId: string;
  callId: string | undefined;
  tracks: TrackRow[];
}

/** `unknown_sku`: a track names a SKU that does not exist, and nothing of the call is stored. */
export type StoredCall =
  | { outcome: 'stored'; fresh: number }
  | { outcome: 'unknown_sku'; skuId: string };

export function rowOf(track: Track): TrackRow {
  const { eventId, type, at, weight, skuId, ...own } = track;
  const { quantity = 1, ...details } = own as { quantity?: number };
  return {
    trackId: eventId,
    type,
    at,
    skuId,
    units: quantity,
    weight,
    details: JSON.stringify(details),
  };
}

/** The faults of the times of some tracks: one that lies in the future, or too long ago. */
export function wrongTimes(
  tracks: Track[],
  { nowMs, lateMsMax }: { nowMs: number; lateMsMax: number },
): { path: string; message: string }[] {
  return tracks.flatMap(({ at }, place) => {
    const message = at === undefined ? undefined : whyWrong(Date.parse(at) - nowMs, lateMsMax);
    return message === undefined ? [] : [{ path: `events.${place}.at`, message }];
  });
}

function whyWrong(aheadMs: number, lateMsMax: number): string | undefined {
  if (aheadMs > FUTURE_MS_MAX) {
    return `is in the future: at most ${FUTURE_MS_MAX / 1_000} seconds ahead of the server’s clock`;
  }
  if (aheadMs < -lateMsMax) {
    return `is too long ago: at most ${Math.floor(lateMsMax / 1_000)} seconds before now`;
  }
  return undefined;
}
