import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SHELL_SCRIPTS, SHELLS, type Shell } from '../../cli/completion/shells.ts';
import { commandLineScript } from '../program.ts';
import { canTestWith } from '../services.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flashsale-test-'));
  writeFileSync(join(folder, 'flashsale-cli'), commandLineScript(), { mode: 0o755 });
  for (const shell of SHELLS) writeFileSync(join(folder, shell), SHELL_SCRIPTS[shell]);
  writeFileSync(join(folder, 'my shop.ts'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Programs for each shell that complete the words of a command line and print what is offered, a line for each. */
const ASK: Record<Shell, (words: string[]) => string> = {
  bash: (words) => {
    // Readline takes :, = and @ for words of their own, and replaces what stands after the last of them.
    const parts = words.flatMap((word) =>
      word.split(/([:=@])/).filter((part) => part !== '' || word === ''),
    );
    const kept = /^.*[:=@]/.exec(words.at(-1) ?? '')?.[0] ?? '';
    return `
    source ./bash
    COMP_WORDS=(${parts.map((word) => `'${word}'`).join(' ')})
    COMP_CWORD=${parts.length - 1}
    _flashsale_cli
    printf '${kept}%s\\n' "\${COMPREPLY[@]}"`;
  },
  zsh: (words) => `
    compdef() { : }
    _files() { print -l -- \${words[CURRENT]}*(N) }
    # A colon of a word comes with a backslash before it.
    _describe() { print -l -- \${\${\${\${(@P)2}//\\\\:/;}%%:*}//;/:} }
    source ./zsh
    words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}
    _flashsale_cli
    true`,
  fish: (words) => `
    source ./fish
    complete -C '${words.join(' ')}' | string replace -r '\\t.*' ''
    true`,
};

describe.each(SHELLS)('completion in %s', (shell) => {
  it.skipIf(!canTestWith(shell)).each([
    [['ver'], ['verify']],
    [['run', 'last'], ['last-unit']],
    [['run', 'rush', '--strategy', 'opt'], ['optimistic']],
    [
      ['verify', 'a.ndjson', '--export', ''],
      ['porcupine', 'jepsen'],
    ],
    [['run', '--no-red'], ['--no-redis']],
    [
      ['run', 'rush', '--faults', 'redis:kill@2s,smtp'],
      ['redis:kill@2s,smtp:kill', 'redis:kill@2s,smtp:refuse'],
    ],
    [['run', '-e', 'URL=http://a', 'rush', '--strategy', 'opt'], ['optimistic']],
  ])('C.9 offers what may follow %j', (typed, expected) => {
    expect(offered(shell, typed).toSorted()).toEqual(expected.toSorted());
  });

  it.skipIf(!canTestWith(shell))(
    'C.9 offers the files of the folder where a file may stand',
    () => {
      expect(offered(shell, ['run', 'my']).map((word) => word.replace('\\', ''))).toContain(
        'my shop.ts',
      );
    },
  );
});

function offered(shell: Shell, typed: string[]): string[] {
  const options = shell === 'bash' ? ['--norc'] : shell === 'zsh' ? ['-f'] : ['--no-config'];
  const output = execFileSync(shell, [...options, '-c', ASK[shell](['flashsale-cli', ...typed])], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}`, HOME: folder },
  });
  return output.split('\n').filter((line) => line !== '');
}
