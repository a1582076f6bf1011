import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** Writes a shell script called `k6`, which the test removes at its end. Returns an environment that has it on PATH. */
export function fakeK6(script: string): { PATH: string } {
  const folder = mkdtempSync(join(tmpdir(), 'fake-k6-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'k6'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'k6'), 0o755);
  return { PATH: `${folder}:/usr/bin:/bin` };
}
