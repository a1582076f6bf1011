import { expect, it } from 'vitest';
import { z } from 'zod';
import { RunDocument } from './run-document.ts';

it('the published JSON schema is the schema of the code', async () => {
  const schema = z.toJSONSchema(RunDocument, { io: 'output' });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/run-document.schema.json',
  );
});
