import type { Standing } from '../../../src/protocol/leaderboard.ts';

export interface Score {
  userId: string;
  points: number;
}

/** A part of the leaderboard: most points first, among as many points by user id. */
export interface Stretch {
  scores: Score[];
  /** Users before the first of these scores, and those of them with more points. */
  before: number;
  above: number;
}

/** The order of users by their points. Points never become fewer. */
export interface Board {
  /** Tells of points that users have now. May be told twice, and of a change that was not committed in the end. */
  changed(scores: readonly Score[]): Promise<void>;
  /** Up to `limit` scores after that of the cursor, whether that user still has as many points or not. */
  read(page: { limit: number; after: Score | undefined }): Promise<Stretch>;
  /** The users who have more points than this. */
  countAbove(points: number): Promise<number>;
}

/** Gives the scores their ranks: users with as many points share one, and the next rank is left out. */
export function rank({ scores, before, above }: Stretch): Standing[] {
  let shared = above + 1;
  return scores.map(({ userId, points }, place) => {
    if (place > 0 && scores[place - 1]?.points !== points) shared = before + place + 1;
    return { rank: shared, userId, points };
  });
}
