/** A URL without the user and password written into it, which become a header: nobody else should read them. */
export function splitCredentials(text: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(text);
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  const authorization = `Basic ${Buffer.from(user).toString('base64')}`;
  return { url, headers: user === ':' ? {} : { authorization } };
}
