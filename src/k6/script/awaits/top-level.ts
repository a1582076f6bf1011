import { transform } from '../esbuild.ts';
import { applyEdits, type Edit, type Edited } from './edits.ts';
import { type AnyNode, isFunction, parseSyntax } from './syntax.ts';

/** Stands for `await` in init code until a text is CommonJS, in which esbuild knows none. */
export const INIT_AWAIT = '__initAwait';

/**
 * A bundle of ES modules whose init code waits, as CommonJS whose init code calls `__initAwait` instead. `map` leads back
 * to the text that `before` knows. The comments before each of its `files` stay where they are. Throws as esbuild does.
 */
export async function initAwaitsToCalls(
  code: string,
  files: Record<string, unknown>,
): Promise<{ code: string; map: string; before: Edited['before'] }> {
  const { nodes, parentOf } = parseSyntax(code, () => false, 'module');
  const isInitCode = (node: AnyNode | undefined): boolean =>
    !node || (!isFunction(node) && isInitCode(parentOf(node)));
  if (nodes.some((node) => node.type === 'ForOfStatement' && node.await && isInitCode(node))) {
    const text = '"for await" outside of functions is not supported; put it into an async function';
    throw Object.assign(new Error(text), { errors: [{ text, location: null }] });
  }
  const awaits = nodes.flatMap((node): Edit[] =>
    node.type === 'AwaitExpression' && isInitCode(node)
      ? [
          { start: node.start, end: node.start + 'await'.length, text: `${INIT_AWAIT}(` },
          { start: node.end, end: node.end, text: ')' },
        ]
      : [],
  );
  // Comments that look like those of a licence survive.
  const comments = [...code.matchAll(/^\/\/ (.+)$/gm)].flatMap(({ index, 1: file = '' }): Edit[] =>
    files[file] ? [{ start: index, end: index + 2, text: '//!' }] : [],
  );
  const edited = applyEdits(code, [...awaits, ...comments]);
  const converted = await transform(edited.code, {
    format: 'cjs',
    platform: 'neutral',
    target: 'node20',
    banner: '"use strict";',
    legalComments: 'inline',
    sourcemap: 'external',
    sourcesContent: false,
  });
  return { code: converted.code, map: converted.map, before: edited.before };
}
