import { afterEach, beforeEach, expect, it } from 'vitest';
import { ProviderBehaviour } from '../protocol/payments.ts';
import { startDependencies } from './dependencies.ts';
import type { StackOptions } from './options.ts';
import { createScope, type Scope } from './resource.ts';
import { makeRunFolder, removeRunFolder } from './run-folder.ts';

let folder: string;
let scope: Scope;
beforeEach(async () => {
  [folder, scope] = [await makeRunFolder(), createScope()];
});
afterEach(async () => {
  await scope.stop();
  await removeRunFolder(folder);
});

const options: StackOptions = {
  ...{ instances: 1, strategy: 'batched', unsafe: false, keep: false, holdTtlMs: 1_000 },
  ...{ redis: false, kafka: false, onEvent() {} },
};

it('starts nothing and passes no variables on unless the options ask for it', async () => {
  const { parts, env } = await startDependencies(options, { scope, folder });
  expect(Object.values(parts)).toEqual([undefined, undefined, undefined]);
  expect(env).toEqual({});
});

it('starts a payment provider, and gives the servers its address and the secret of its webhooks', async () => {
  const payments = ProviderBehaviour.parse({});
  const { parts, env } = await startDependencies({ ...options, payments }, { scope, folder });
  expect(env).toEqual({
    PAYMENT_URL: parts.payments?.url,
    PAYMENT_WEBHOOK_SECRET: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});
