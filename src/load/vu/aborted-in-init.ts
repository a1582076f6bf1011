/** Thrown into init code that ends the run. */
export class AbortedInInit extends Error {}
