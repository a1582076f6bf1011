import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { assetPath } from '../kernel/assets.ts';
import { RunDocument } from './run-document.ts';

it('the published JSON schema is the one the documents are built by', () => {
  const published = readFileSync(assetPath('docs', 'run-document.schema.json'), 'utf8');
  // When this fails, write the left side to the file: npm run schema.
  expect(JSON.parse(published)).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(RunDocument, { io: 'output' }))),
  );
});
