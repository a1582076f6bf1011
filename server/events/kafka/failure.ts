/** The brokers could not be reached, or did not answer in time. */
export class KafkaAway extends Error {
  constructor(cause: unknown) {
    super('Kafka is away', { cause });
    this.name = 'KafkaAway';
  }
}

/** The brokers answered, and refused. Waiting does not help: somebody has to look at their settings, or at ours. */
export class KafkaRefused extends Error {
  constructor(code: string, cause: unknown) {
    super(`Kafka refuses: ${code}`, { cause });
    this.name = 'KafkaRefused';
  }
}

/**
 * Answers of brokers by which they say that they cannot at the moment: they start, a partition changes its leader, or the
 * other brokers are away. kafkajs would try all of these again, and a topic that does not exist as well, which is a refusal.
 */
const isPassing = ({ type, retriable }: { type: string; retriable?: unknown }): boolean =>
  retriable === true && type !== 'UNKNOWN_TOPIC_OR_PARTITION';

/**
 * Tells by an error of kafkajs if the brokers are away or refuse. kafkajs wraps the answer of a broker, which has a `type`,
 * in errors of its own.
 */
export function toKafkaFailure(error: unknown): KafkaAway | KafkaRefused {
  const answer = answerIn(error);
  return answer === undefined || isPassing(answer)
    ? new KafkaAway(error)
    : new KafkaRefused(answer.type, error);
}

function answerIn(error: unknown): { type: string; retriable?: unknown } | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('type' in error && typeof error.type === 'string') return { ...error, type: error.type };
  if ('errors' in error && Array.isArray(error.errors)) return answerIn(error.errors[0]);
  return answerIn(error.cause);
}
