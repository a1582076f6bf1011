import { afterAll, beforeAll, describe, inject } from 'vitest';
import { makeRunFolder, removeRunFolder } from '../src/stack/run-folder.ts';
import {
  createKafkaBroker,
  type GuardedDoor,
  type KafkaBroker,
} from '../src/stack/services/kafka.ts';

/**
 * A block of tests with a Kafka broker of its own, which starts in about three seconds and may be killed. Skipped when the
 * machine has no Kafka.
 *
 * @param tests gets a function that returns the broker while tests run
 * @param door lets in only clients that come through it
 */
export function describeWithKafka(
  name: string,
  tests: (broker: () => KafkaBroker) => void,
  door?: GuardedDoor,
): void {
  const home = inject('kafkaHome');
  let broker: KafkaBroker | undefined;
  const get = () => {
    if (broker === undefined) throw new Error('the broker exists only while tests run');
    return broker;
  };
  if (home === undefined) {
    describe.skip(`${name} (skipped: needs Kafka and Java, see CONTRIBUTING.md)`, () => tests(get));
    return;
  }
  describe(name, () => {
    let stop: () => Promise<void>;
    beforeAll(async () => {
      const folder = await makeRunFolder();
      const resource = createKafkaBroker({ folder, home, ...(door && { door }) });
      stop = async () => {
        await resource.stop();
        await removeRunFolder(folder);
      };
      broker = await resource.start();
    });
    afterAll(() => stop());
    tests(get);
  });
}
