import { resolve } from 'node:path';
import type { BuildFailure, Location } from 'esbuild';
import { CONSTANT } from './replaced-names.ts';

/** Changes the text of a file before it is bundled. */
type Edit = (text: string, path: string) => string;

/** Stands where a script assigns to a constant or an import: that throws when the line runs, and not before. */
export const constants: object = new Proxy(
  {},
  {
    set() {
      throw new TypeError('Assignment to constant variable.');
    },
  },
);

/**
 * Bundles a script whose lines may assign to what is constant. esbuild refuses these, but in JavaScript they are errors
 * only when they run: then the script is bundled once more, with `__constant` on their left side.
 *
 * @throws as `bundle` does
 */
export async function leavingConstants<Bundle>(
  bundle: (edit: Edit) => Promise<Bundle>,
): Promise<Bundle> {
  try {
    return await bundle((text) => text);
  } catch (error) {
    const places = constantsIn(error as Partial<BuildFailure>);
    if (places.length === 0) throw error;
    // A form of assignment that has no place for another name stays refused.
    return await bundle((text, path) => replaceConstants(text, placesIn(places, path))).catch(
      () => {
        throw error;
      },
    );
  }
}

/** The places that assign to constants, if nothing else is wrong. */
function constantsIn({ errors = [] }: Partial<BuildFailure>): Location[] {
  const places = errors.flatMap(({ text, location }) =>
    location && text.startsWith('Cannot assign to ') ? [location] : [],
  );
  return places.length === errors.length ? places : [];
}

const placesIn = (places: Location[], path: string): Location[] =>
  places.filter(({ file, namespace }) => !namespace.startsWith('http') && resolve(file) === path);

function replaceConstants(text: string, places: Location[]): string {
  const lines = text.split('\n');
  // From the last to the first, so that those before stay where they are.
  for (const { line, column, length } of places.toSorted((a, b) => b.column - a.column)) {
    const bytes = Buffer.from(lines[line - 1] ?? '');
    const before = bytes.subarray(0, column).toString();
    const name = bytes.subarray(column, column + length).toString();
    // A member of a namespace (`shop.price`) is one name.
    const left = before.replace(/[\p{ID_Continue}$]+\s*\.\s*$/u, '');
    lines[line - 1] = `${left}${CONSTANT}.${name}${bytes.subarray(column + length).toString()}`;
  }
  return lines.join('\n');
}
