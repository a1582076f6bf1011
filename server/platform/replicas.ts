import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Clock } from '../../src/kernel/clock.ts';
import { rootMessage } from '../../src/kernel/errors.ts';
import { coalesce } from './coalesce.ts';
import { withinTime } from './within-time.ts';

/** Reads that decide nothing. A pool is one as well. */
export interface Reader {
  query<Row extends pg.QueryResultRow>(
    query: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<{ rows: Row[] }>;
}

/** The place where a read was made: at a replica, or at the primary because no replica was as far or answered. */
export type ReadPlace = 'replica' | 'primary_lagging' | 'primary_failed' | 'primary_resting';

export interface Replicas {
  reader: Reader;
  /** Rejects with the reason if a replica does not answer, or is not as far as the primary after a wait. */
  probe(): Promise<void>;
  /** How far each replica is behind, in bytes of the log; undefined for one that does not answer. */
  lags(): Promise<(number | undefined)[]>;
}

/** A place in the log of one PostgreSQL and its replicas. */
interface Position {
  /** The identity of the cluster; replicas have that of their primary. */
  cluster: string;
  bytes: number;
}

/** A replica that failed or lagged gets no reads for this time: not every reader has to find that out. */
const REST_MS = 1_000;
const POLL_MS = 2;
/** The time for which a replica is believed to be as far as it said. After that, another server may be at its address. */
const BELIEVED_MS = 1_000;

/**
 * Reads from replicas, and never less than the primary would have shown: a read asks the primary how far its log is, once for
 * all that begin at the same moment, and then a replica that has replayed as much. So everybody reads what anybody has written
 * before, and caches may keep what they read. A replica that is not as far within `waitMs`, that cannot be reached, or that
 * fails is left alone for a while, and the primary is read instead.
 */
export function createReplicas(deps: {
  primary: pg.Pool;
  replicas: pg.Pool[];
  waitMs: number;
  /** The time in which a replica must say how far it is. Nobody waits for the network to notice that one is frozen. */
  silentMsMax: number;
  clock: Clock;
  onRead(place: ReadPlace): void;
  log: { warn(details: object, message: string): void };
}): Replicas {
  const { primary, waitMs, silentMsMax, clock, onRead, log } = deps;
  const nowMs = () => clock.monotonicNs() / 1e6;
  const positionOfPrimary = coalesce(() => readPosition(primary));
  const replicas = deps.replicas.map((pool, index) => ({
    pool,
    name: `replica ${index + 1}`,
    /** The place that it was seen at last, and when. */
    replayed: 0,
    seenAtMs: Number.NEGATIVE_INFINITY,
    restsUntilMs: Number.NEGATIVE_INFINITY,
    /** It has rested, and answered nobody since. One reader tries it, for whom the others do not wait. */
    isDoubted: false,
    isTried: false,
    position: coalesce(() => withinTime(readReplayed(pool), silentMsMax)),
  }));
  type Replica = (typeof replicas)[number];
  let turn = 0;

  /** The next replica in turn that may be read. */
  function choose(): Replica | undefined {
    const [now, from] = [nowMs(), turn];
    turn = (turn + 1) % replicas.length;
    return [...replicas.slice(from), ...replicas.slice(0, from)].find(
      ({ restsUntilMs, isDoubted, isTried }) => restsUntilMs <= now && !(isDoubted && isTried),
    );
  }

  function rest(replica: Replica, why: string): void {
    replica.restsUntilMs = nowMs() + REST_MS;
    replica.isDoubted = true;
    log.warn({ replica: replica.name, why }, 'a replica gets no reads for a while');
  }

  const isKnownAsFar = ({ replayed, seenAtMs }: Replica, { bytes }: Position): boolean =>
    replayed >= bytes && nowMs() - seenAtMs < BELIEVED_MS;

  /** Waits until a replica is as far as `needed`; resolves to false if that takes too long. */
  async function reaches(replica: Replica, needed: Position): Promise<boolean> {
    const startedMs = nowMs();
    while (!isKnownAsFar(replica, needed)) {
      const { cluster, bytes } = await replica.position('');
      if (cluster !== needed.cluster) throw new Error('it is no replica of this database');
      replica.replayed = bytes;
      replica.seenAtMs = nowMs();
      if (bytes >= needed.bytes) break;
      if (nowMs() - startedMs >= waitMs) return false;
      await delay(POLL_MS);
    }
    return true;
  }

  async function query<Row extends pg.QueryResultRow>(
    text: string | pg.QueryConfig,
    values?: unknown[],
  ): Promise<{ rows: Row[] }> {
    const readPrimary = (place: ReadPlace) => {
      onRead(place);
      return primary.query<Row>(text, values);
    };
    const replica = choose();
    if (replica === undefined) return readPrimary('primary_resting');
    const isTrying = replica.isDoubted;
    if (isTrying) replica.isTried = true;
    try {
      if (await reaches(replica, await positionOfPrimary(''))) {
        const result = await replica.pool.query<Row>(text, values);
        replica.isDoubted = false;
        onRead('replica');
        return result;
      }
      rest(replica, `it is not as far as the primary after ${waitMs} ms`);
    } catch (error) {
      // A statement that is wrong says so at the primary as well, and the replica is not to blame.
      if (!isAboutStatement(error)) rest(replica, rootMessage(error));
      return readPrimary('primary_failed');
    } finally {
      if (isTrying) replica.isTried = false;
    }
    return readPrimary('primary_lagging');
  }

  return {
    reader: replicas.length === 0 ? primary : { query },
    async probe() {
      const needed = await positionOfPrimary('');
      for (const replica of replicas) {
        // Asked in any case: one that was as far some time ago may be gone.
        const asked = replica.position('').then(() => reaches(replica, needed));
        const why = await asked.then(
          (isAsFar) => (isAsFar ? undefined : 'it is behind the primary'),
          rootMessage,
        );
        if (why !== undefined) throw new Error(`${replica.name}: ${why}`);
      }
    },
    async lags() {
      const needed = await positionOfPrimary('');
      return Promise.all(
        replicas.map(({ position }) =>
          position('').then(
            ({ bytes }) => Math.max(0, needed.bytes - bytes),
            () => undefined,
          ),
        ),
      );
    },
  };
}

/**
 * How far the log of the primary is. What a commit wrote is seen by others after it was flushed, unless commits do not wait
 * for that here.
 */
const POSITION = `SELECT system_identifier::text AS cluster, pg_wal_lsn_diff(
    CASE current_setting('synchronous_commit') WHEN 'off' THEN pg_current_wal_insert_lsn()
      ELSE pg_current_wal_flush_lsn() END, '0/0')::bigint AS bytes
  FROM pg_control_system()`;

/** How far a replica is; nowhere, if it is none or has become a primary. */
const REPLAYED = `SELECT system_identifier::text AS cluster,
    CASE WHEN pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint ELSE 0 END AS bytes
  FROM pg_control_system()`;

const readPosition = (pool: pg.Pool): Promise<Position> => readOne(pool, POSITION);
const readReplayed = (pool: pg.Pool): Promise<Position> => readOne(pool, REPLAYED);

async function readOne(pool: pg.Pool, text: string): Promise<Position> {
  const { rows } = await pool.query<Position>(text);
  return rows[0] as Position;
}

/** True for values or statements that PostgreSQL cannot take (classes 22 and 42), and for conflicts with the replay (40). */
const isAboutStatement = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && /^(22|42|40)/.test(error.code ?? '');
