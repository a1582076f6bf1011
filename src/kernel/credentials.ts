/** Moves the user and password of a URL into an `authorization` header, so that the URL can be shown. */
export function splitCredentials(text: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(text);
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  return { url, headers: user === ':' ? {} : { authorization } };
}
