/** The known word that somebody probably meant; undefined if none is near. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  const farthest = Math.max(1, Math.floor(word.length / 3));
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: editsBetween(typed, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= farthest)
    .toSorted((a, b) => a.edits - b.edits);
  return nearest?.candidate;
}

/** Letters that must be added, removed, changed or swapped with their neighbour to make one word of another. */
function editsBetween(from: string, to: string): number {
  let beforeThat: number[] = [];
  let before = Array.from({ length: to.length + 1 }, (_, edits) => edits);
  for (let row = 1; row <= from.length; row += 1) {
    const edits = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = from[row - 1] === to[column - 1] ? 0 : 1;
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      edits.push(
        Math.min(
          (before[column] as number) + 1,
          (edits[column - 1] as number) + 1,
          (before[column - 1] as number) + changed,
          isSwapped && row > 1 && column > 1
            ? (beforeThat[column - 2] as number) + 1
            : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeThat = before;
    before = edits;
  }
  return before[to.length] as number;
}
