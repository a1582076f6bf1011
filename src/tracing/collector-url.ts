import { UserError } from '../kernel/errors.ts';

/** @throws UserError (usage) for what is no URL of a collector; the URL may hold a password, so the text does not repeat it */
export function assertCollectorUrl(url: string, name: string): void {
  if (/^https?:\/\//.test(url) && URL.canParse(url)) return;
  throw UserError.usage(`${name} names no collector`, {
    why: 'it is not a URL',
    next: 'give the base URL of its OTLP/HTTP receiver, such as http://127.0.0.1:4318',
  });
}
