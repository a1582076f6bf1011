/** Moves the user and password of a URL into an `authorization` header, so that the URL can be shown. */
export function splitCredentials(text: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(text);
  const user = `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = '';
  url.password = '';
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  return { url, headers: user === ':' ? {} : { authorization } };
}

/** A text with a percent sign that encodes nothing is meant as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
