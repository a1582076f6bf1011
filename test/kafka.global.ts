import type { TestProject } from 'vitest/node';
import { findKafka, kafkaHomeByDefault } from '../src/stack/services/find-kafka.ts';
import { unlessAbsent } from './services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the jars of a Kafka broker lie; undefined when none can be started. */
    kafkaHome: string | undefined;
  }
}

/** Looks only whether Kafka is there: topics are few and their names fixed, so tests share no broker. */
export default async function lookForKafka(project: TestProject): Promise<void> {
  const home = process.env.FLASHSALE_KAFKA_HOME || kafkaHomeByDefault();
  const found = await unlessAbsent(() => findKafka(home));
  project.provide('kafkaHome', found && home);
}
