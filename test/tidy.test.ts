import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const tracked = execFileSync('git', ['ls-files'], { encoding: 'utf8' }).split('\n');

it('every file and folder that the documents name exists', () => {
  const documents = tracked.filter((path) => /^(docs\/)?[\w-]+\.md$/.test(path));
  const missing = documents.flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(/`([\w.-]+\/[\w./-]*)`/g)]
      .map(([, path]) => path as string)
      .filter((path) =>
        /^(bench|cli|deploy|docs|grafana|scenarios|server|src|test|tools)\//.test(path),
      )
      .filter((path) => !existsSync(path))
      .map((path) => `${document} names ${path}`),
  );
  expect(missing).toEqual([]);
});

it('every comment names its subject first', () => {
  const riddle = /^\s*(?:\/\/|\/\*\*?|\*|--) ?(?:What|Who|Whoever|Whom|Whose|Whether|Whatever)\b/;
  const riddles = tracked
    .filter((path) =>
      /^(bench|cli|scenarios|server|src|test|tools)\/.*\.(tsx?|sql|lua)$/.test(path),
    )
    .flatMap((path) => {
      const lines = readFileSync(path, 'utf8').split('\n');
      return lines.flatMap((line, index) => {
        const goesOn = /^\s*(\/\/|\*|--) .*[^.:]$/.test(lines[index - 1] ?? '');
        return riddle.test(line) && !goesOn ? [`${path}:${index + 1}: ${line.trim()}`] : [];
      });
    });
  expect(riddles).toEqual([]);
});
