/** The kinds of things that a run breaks on purpose. */
export const FAULT_NAMES = [
  'redis-emptied',
  'redis-killed',
  'postgres-killed',
  'kafka-killed',
  'payments-killed',
  'payments-paused',
  'media-killed',
  'smtp-killed',
  'smtp-refused',
  'server-killed',
  'server-paused',
] as const;

export type FaultName = (typeof FAULT_NAMES)[number];

/** Something that the run broke on purpose. */
export interface Fault {
  name: FaultName;
  /** The moment at which it had happened, in nanoseconds on the history's monotonic clock. */
  atNs: number;
  /** The moment at which it was undone; absent for a fault that is over at once, or was not undone by the run. */
  untilNs?: number | undefined;
  /** Number of calls that asked in vain for what was broken; absent where they are not counted. */
  met?: number | undefined;
}

/** Each fault as a sentence tells it. */
export const FAULT_TEXTS: Record<FaultName, string> = {
  'redis-emptied': 'Redis lost its data',
  'redis-killed': 'Redis was killed',
  'postgres-killed': 'PostgreSQL was killed',
  'kafka-killed': 'Kafka was killed',
  'payments-killed': 'the payment provider was killed',
  'payments-paused': 'the payment provider hung and went on',
  'media-killed': 'the store of the images was gone',
  'smtp-killed': 'the mail server was killed',
  'smtp-refused': 'the mail server took no mail',
  'server-killed': 'a server was killed',
  'server-paused': 'a server was stopped and went on',
};
