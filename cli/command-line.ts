import { SETTINGS } from './setting-flags.ts';

const HIDDEN = '***';

/** Flags whose value is a secret unless it is a URL, of which the password alone is one. */
const SECRET_FLAGS = Object.values(SETTINGS)
  .filter(({ secret }) => secret)
  .map(({ flag }) => flag.split(' ')[0]);

/** A name such as `API_KEY`, `DB_PASSWORD` or `sessionToken`. */
const SECRET_NAME = /pass|pwd|secret|token|key|credential|auth|bearer|cookie|signature|jwt|salt/i;

const URL_WITH_USER = /\b([a-z][a-z\d+.-]*:\/\/)([^/?#\s]*)@/gi;
const QUERY_PARAMETER = /([?&])([\w.-]+)=([^&#\s]*)/g;

/** The command line for a report: as it was typed, but with `***` where a token or a password stood. */
export function showCommandLine(typed: string[]): string {
  const shown: string[] = [];
  for (const [at, argument] of typed.entries()) {
    const flag = typed[at - 1] ?? '';
    const [, name = '', value] = /^(--[\w-]+)=(.*)$/s.exec(argument) ?? [];
    const [, variable] = /^-e(.+)$/s.exec(argument) ?? [];
    if (value !== undefined) shown.push(`${name}=${showValue(name, value)}`);
    else if (variable !== undefined) shown.push(`-e${showVariable(variable)}`);
    else shown.push(showValue(flag, argument));
  }
  return ['flashsale-cli', ...shown.map(shellWord)].join(' ');
}

/** A word of a command as it has to be typed in a POSIX shell. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./?*-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

function showValue(flag: string, value: string): string {
  if (flag === '-e' || flag === '--env') return showVariable(value);
  if (SECRET_FLAGS.includes(flag) && !value.includes('://')) return HIDDEN;
  return hideInUrls(value);
}

/** A variable `NAME=VALUE` of the scenario. */
function showVariable(text: string): string {
  const name = text.split('=', 1)[0] as string;
  return SECRET_NAME.test(name) ? `${name}=${HIDDEN}` : hideInUrls(text);
}

/** Hides passwords and tokens in the URLs of a text. A user alone stays, except over HTTP, where it is an API key. */
function hideInUrls(text: string): string {
  return text
    .replaceAll(URL_WITH_USER, (_, scheme: string, userInfo: string) => {
      const [user, password] = userInfo.split(/:(.*)/s);
      if (password !== undefined) return `${scheme}${user}:${HIDDEN}@`;
      return `${scheme}${scheme.startsWith('http') ? HIDDEN : user}@`;
    })
    .replaceAll(QUERY_PARAMETER, (parameter, mark: string, name: string) =>
      SECRET_NAME.test(name) ? `${mark}${name}=${HIDDEN}` : parameter,
    );
}
