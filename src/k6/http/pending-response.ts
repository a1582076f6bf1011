/** The fields of a response. A script that reads one of them from the promise has forgotten an `await`. */
const RESPONSE_FIELDS = [
  'body',
  'cookies',
  'error',
  'error_code',
  'headers',
  'proto',
  'remote_ip',
  'remote_port',
  'request',
  'status',
  'status_text',
  'timings',
  'url',
  'json',
  'html',
  'clickLink',
  'submitForm',
];

/**
 * The promise of a response. In k6 `http.get()` returns the response itself, here it has to be awaited. A script without
 * the `await` would read `undefined` everywhere, so reading a field of the response throws an error that says what to
 * write.
 */
export class PendingResponse extends Promise<unknown> {}

// With `Promise` as its constructor, `await` takes the promise as it is instead of wrapping it in another one, and promises
// derived from it (`.then`, `Promise.all`) are plain ones. A static `Symbol.species` would say the latter, too, but V8 never
// optimizes code that makes objects of such a class, and tries again and again.
Object.defineProperty(PendingResponse.prototype, 'constructor', { value: Promise });

for (const field of RESPONSE_FIELDS) {
  Object.defineProperty(PendingResponse.prototype, field, {
    get(): never {
      throw new Error(
        `.${field} was read of a response that is still on its way: put "await" before the http call (const response = await http.get(…)); k6 runs the same line`,
      );
    },
  });
}

/** Makes reading a member of the promise of a batch throw in the same way. */
export function guardMembers(promise: object, keys: string[]): void {
  for (const key of [...keys, 'length']) {
    Object.defineProperty(promise, key, {
      get(): never {
        throw new Error(
          `[${key}] was read of a batch that is still on its way: put "await" before http.batch(…); k6 runs the same line`,
        );
      },
    });
  }
}
