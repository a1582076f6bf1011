import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { findKafka, kafkaHomeByDefault } from './find-kafka.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flashsale-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('names the command that gets Kafka if its jars are not there', async () => {
  await writeFile(join(folder, 'other-1.0.jar'), '');
  await expect(findKafka(folder)).rejects.toMatchObject({
    message: 'there is no Kafka to start',
    next: expect.stringMatching(/mvn -f .*pom\.xml|install Java/),
    exitCode: 3,
  });
});

it.skipIf(inject('kafkaHome') === undefined)(
  'finds the version in the name of the jar',
  async () => {
    await writeFile(join(folder, 'kafka_2.13-9.8.7.jar'), '');
    expect(await findKafka(folder)).toMatchObject({ version: '9.8.7' });
  },
);

it('looks for the jars of the version in the pom by default', () => {
  expect(kafkaHomeByDefault()).toMatch(/\.cache\/flashsale-cli\/kafka-\d+\.\d+\.\d+$/);
});
