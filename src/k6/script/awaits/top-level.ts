import MagicString from 'magic-string';
import { transform } from '../esbuild.ts';
import { type EditedText, finishEdits } from './edited-text.ts';
import { type AnyNode, functionAround } from './syntax/nodes.ts';
import { parseSyntax } from './syntax/parse.ts';

/** Stands for `await` in init code until a text is CommonJS; esbuild converts no text with an `await` there. */
export const INIT_AWAIT = '__initAwait';

/**
 * Converts a bundle of ES modules whose init code waits into CommonJS whose init code calls `__initAwait` instead. The
 * comments before each of its files stay where they are.
 *
 * @param files the files of the bundle, by the names in those comments
 * @returns `map` is a source map from the result to an edited text; `before` leads from there to `code`
 * @throws as esbuild does
 */
export async function initAwaitsToCalls(
  code: string,
  files: Record<string, unknown>,
): Promise<{ code: string; map: string; before: EditedText['before'] }> {
  const nodes = parseSyntax(code, () => false, 'module').filter(isInInitCode);
  if (nodes.some((node) => node.type === 'ForOfStatement' && node.await)) {
    const text = '"for await" outside of functions is not supported; put it into an async function';
    throw Object.assign(new Error(text), { errors: [{ text, location: null }] });
  }
  const edited = new MagicString(code);
  for (const node of nodes) {
    if (node.type !== 'AwaitExpression') continue;
    edited.update(node.start, node.start + 'await'.length, `${INIT_AWAIT}(`);
    edited.appendLeft(node.end, ')');
  }
  // esbuild keeps comments that look like those of a licence.
  for (const { index, 1: file = '' } of code.matchAll(/^\/\/ (.+)$/gm)) {
    if (files[file]) edited.update(index, index + 2, '//!');
  }
  const { code: text, before } = finishEdits(edited);
  const converted = await transform(text, {
    format: 'cjs',
    platform: 'neutral',
    target: 'node20',
    banner: '"use strict";',
    legalComments: 'inline',
    sourcemap: 'external',
    sourcesContent: false,
  });
  return { code: converted.code, map: converted.map, before };
}

function isInInitCode(node: AnyNode): boolean {
  return functionAround(node) === undefined;
}
