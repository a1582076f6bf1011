import MagicString from 'magic-string';
import { awaitInInitCode, isInitAwait } from './awaits/add-awaits.ts';
import { type EditedText, finishEdits } from './awaits/edited-text.ts';
import type { Call } from './awaits/syntax/nodes.ts';
import { parseSyntax } from './awaits/syntax/parse.ts';
import { INIT_AWAIT } from './awaits/top-level.ts';

/** A call of `require` whose name is made while the script runs. */
const MADE_NAME = /\brequire\(\s*(?!["'\s)])/;

/**
 * A bundle as its script was written. Only the awaits of its init code are put back, and a `require` whose name is made
 * while the script runs is told the file in which it stands, because the name is relative to it.
 *
 * @param fileAt the file that an offset of the bundle comes from
 */
export function leaveAsWritten(
  code: string,
  fileAt: (offset: number) => string | undefined,
): EditedText {
  const text = new MagicString(code);
  if (code.includes(INIT_AWAIT) || MADE_NAME.test(code)) {
    for (const node of parseSyntax(code, () => false)) {
      if (node.type !== 'CallExpression') continue;
      if (isInitAwait(node)) awaitInInitCode(text, node);
      else if (isRequireOfMadeName(node)) {
        const file = fileAt(node.start);
        const end = node.arguments[0]?.end ?? node.end;
        if (file !== undefined) text.appendLeft(end, `, ${JSON.stringify(file)}`);
      }
    }
  }
  return finishEdits(text);
}

function isRequireOfMadeName({ callee, arguments: given }: Call): boolean {
  return (
    callee.type === 'Identifier' &&
    callee.name === 'require' &&
    given.length === 1 &&
    given[0]?.type !== 'Literal'
  );
}
