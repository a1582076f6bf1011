import * as z from 'zod';
import { nearestWord } from '../../../kernel/nearest-word.ts';

/** An object with these keys and no other one; a mistake says which key was probably meant. */
export const objectOf = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? describeKeys(issue.keys, Object.keys(shape)) : undefined,
  });

function describeKeys([key = '']: string[], known: string[]): string {
  const near = nearestWord(key, known);
  const meant = near === undefined ? `known there: ${known.join(', ')}` : `did you mean ${near}?`;
  return `there is no key ${key}; ${meant}`;
}
