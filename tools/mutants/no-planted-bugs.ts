/** Stands in for the tests of planted bugs: each of them judges forty whole sales, and does not say where the fault is. */
export function itCatches(): void {}
