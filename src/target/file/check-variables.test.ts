import { expect, it } from 'vitest';
import { checkVariables } from './check-variables.ts';

const file = {
  evidence: { database: '{env.DB}', orders: { sql: "SELECT '{{env.NO}}', {sku}" } },
  buyers: { steps: [{ headers: { 'x-key': 'Key {env.KEY}' } }] },
};

it('wants every variable that a target file names', () => {
  expect(() => checkVariables(file, { DB: 'x', KEY: 'y' })).not.toThrow();
  expect(() => checkVariables(file, { DB: 'x', KEY: '' })).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: 'the environment has no KEY',
      why: 'buyers.steps.0.headers.x-key of the target file asks for it as {env.KEY}',
    }),
  );
});
