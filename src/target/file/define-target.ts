import type { TargetFileInput } from './schema.ts';

export type { TargetFileInput } from './schema.ts';

/** Types a target file written in TypeScript: `export default defineTarget({ … })`. The entry of the package. */
export const defineTarget = (file: TargetFileInput): TargetFileInput => file;
