import * as z from 'zod';
import { TargetFile } from './schema.ts';

/** The schema of target files as they are written, for editors. Hooks are functions, which no YAML file has, and left out. */
export const targetFileSchema = (): z.core.JSONSchema.BaseSchema =>
  z.toJSONSchema(TargetFile, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
    override({ zodSchema, jsonSchema }) {
      if (zodSchema._zod.def.type === 'custom') jsonSchema.not = {};
      // Zod names the check that made a pattern, which is no format that others know.
      if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
      // Defaults are as the code has them, where times are numbers.
      delete jsonSchema.default;
    },
  });
