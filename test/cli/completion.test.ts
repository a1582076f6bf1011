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
    printf -- '${kept}%s\\n' "\${COMPREPLY[@]}"`;
  },
  zsh: (words) => `
    compdef() { : }
    compset() { flag=\${words[CURRENT]%%=*}= }
    _files() { local found; for found in \${words[CURRENT]#$flag}*(N); do print -r -- $flag$found; done }
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
  // Each word starts the command line once: what it offers where is tested beside it, in its own process.
  it.skipIf(!canTestWith(shell))('C.9 offers what may follow, after : and = as well', () => {
    const typed = ['run', '-e', 'URL=http://a', 'rush', '--faults=redis:kill@2s,smtp'];
    expect(offered(shell, typed).toSorted()).toEqual([
      '--faults=redis:kill@2s,smtp:kill',
      '--faults=redis:kill@2s,smtp:refuse',
    ]);
  });

  it.skipIf(!canTestWith(shell))(
    'C.9 offers the files of the folder where a file may stand',
    () => {
      const paths = offered(shell, ['run', 'rush', '--history=my']);
      expect(paths.map((word) => word.replace('\\', ''))).toContain('--history=my shop.ts');
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
