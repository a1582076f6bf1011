import type { TestProject } from 'vitest/node';
import { findKafka, kafkaHomeByDefault } from '../src/stack/services/find-kafka.ts';
import { unlessAbsent } from './services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Folder of the Kafka installation; undefined when no broker can be started. */
    kafkaHome: string | undefined;
  }
}

/** Finds Kafka and starts nothing: tests share no broker, because the names of the topics are fixed. */
export default async function lookForKafka(project: TestProject): Promise<void> {
  const home = process.env.FLASHSALE_KAFKA_HOME || kafkaHomeByDefault();
  const found = await unlessAbsent(() => findKafka(home));
  project.provide('kafkaHome', found && home);
}
