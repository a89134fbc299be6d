/**
 * Who may ask: whoever has the token, by an address that no other page can have led to.
 *
 * @module
 */

/** How many random bytes a token has: 128 bits. */
const TOKEN_BYTES = 16;

/** Makes a token: 22 letters that may stand in an address. */
export function createToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Whether a token is the right one. How long it takes tells nothing of how much of it is right.
 *
 * @param given What was given.
 * @param token The right one.
 */
export function isToken(given: string, token: string): boolean {
  let difference = given.length ^ token.length;
  for (let i = 0; i < token.length; i++) {
    difference |= token.charCodeAt(i) ^ given.charCodeAt(i % Math.max(1, given.length));
  }
  return difference === 0;
}

/**
 * Whether a request was made to this server by its own name. A page from elsewhere can give its own name this machine's address
 * and ask in that name; it cannot ask in the name of an address, which nobody can redirect.
 *
 * @param header The header `Host`.
 * @param host Where the server listens.
 */
export function isOwnHost(header: string | undefined, host: string): boolean {
  const name = /^(\[[\da-fA-F:.]+\]|[^:[\]]+)(?::\d{1,5})?$/.exec(header ?? "")?.[1].toLowerCase();
  if (name === undefined) return false;
  return name.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(name) || name === "localhost" ||
    name === host.toLowerCase();
}

/**
 * Whether a request that changes something comes from the page itself: browsers say so of each.
 *
 * @param headers The headers.
 */
export function isOwnPage(headers: ReadonlyMap<string, string>): boolean {
  const site = headers.get("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") return false;
  return headers.get("origin") === `http://${headers.get("host")}`;
}
