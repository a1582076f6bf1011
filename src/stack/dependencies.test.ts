import { createTransport } from 'nodemailer';
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
  expect(Object.values(parts)).toEqual([undefined, undefined, undefined, undefined]);
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

it('starts a mail server, which takes mails, or refuses them and counts that', async () => {
  const { parts, env } = await startDependencies({ ...options, mails: true }, { scope, folder });
  expect(env).toEqual({
    SMTP_URL: expect.stringMatching(/^smtp:/),
    MAIL_FROM: 'shop@flashsale.test',
  });
  const transport = createTransport({ url: env.SMTP_URL, pool: true });
  const send = () =>
    transport
      .sendMail({ from: env.MAIL_FROM, to: 'ann@buyers.test', subject: 'Hello', text: '.\n..\nHi' })
      .then(({ response }) => response)
      .catch(({ responseCode }) => responseCode);
  expect(await send()).toBe('250 taken');
  const stopRefusing = await parts.smtp?.refuse();
  expect([await send(), await send()]).toEqual([451, 451]);
  expect(await stopRefusing?.()).toBe(2);
  expect(await send()).toBe('250 taken');
  transport.close();
});
