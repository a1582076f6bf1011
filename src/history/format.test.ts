import { expect, it } from 'vitest';
import * as z from 'zod';
import { HistoryLine } from './format.ts';

it('the published JSON schema is the schema of the code', async () => {
  const schema = z.toJSONSchema(HistoryLine, { io: 'input' });
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../docs/history.schema.json',
  );
});
