/** A request that could not even be tried, or that a script asked to be thrown about. Thrown into the script. */
export class RequestError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestError';
  }
}
