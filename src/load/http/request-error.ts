/** Thrown into the script: the request could not be sent, or it failed and the script wants failures thrown. */
export class RequestError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestError';
  }
}
