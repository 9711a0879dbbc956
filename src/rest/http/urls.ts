/** The parsed URL, or undefined when the text is none. */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Whether a URL's host name stands for this machine itself. */
export function isLoopbackHost(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/** Whether a medium may be named so: http(s), data:, or a path of this API. */
export function isMediaUrl(text: string): boolean {
  if (/^\/(?!\/)/.test(text)) return true;
  return ["http:", "https:", "data:"].includes(parseUrl(text)?.protocol ?? "");
}

/** Whether a webhook may go to this address: https, or plain http to this machine itself. */
export function isWebhookUrl(text: string): boolean {
  const url = parseUrl(text);
  if (!url || url.username || url.password) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopbackHost(url.hostname));
}

/** Whether `text` is a UUID, the form of every id of the API. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
