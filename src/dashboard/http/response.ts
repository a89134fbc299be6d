/**
 * What is answered: the head that every answer has, which gives a browser no right that the page does not need.
 *
 * @module
 */

/** An answer that is complete. */
export interface Response {
  readonly status: number;
  /** What the body is; none where there is no body. */
  readonly type?: string;
  readonly body?: string;
  /** The methods that there are, of an answer that refuses another one. */
  readonly allow?: string;
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  431: "Request Header Fields Too Large",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/** Only what comes from this very address may run, be shown or be asked for; nobody may show the page inside another one. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const COMMON: readonly string[] = [
  "Connection: close",
  "Cache-Control: no-store",
  `Content-Security-Policy: ${POLICY}`,
  "Cross-Origin-Opener-Policy: same-origin",
  "Cross-Origin-Resource-Policy: same-origin",
  "Referrer-Policy: no-referrer",
  "X-Content-Type-Options: nosniff",
  "X-Frame-Options: DENY",
];

/**
 * The bytes of an answer.
 *
 * @param response The answer.
 * @param isHeadOnly Whether its body is left out, as `HEAD` asks for.
 * @returns Head and body.
 */
export function responseBytes(response: Response, isHeadOnly: boolean = false): Uint8Array {
  const { status, type, body = "", allow } = response;
  const encoder = new TextEncoder();
  const content = encoder.encode(body);
  const own = [`Content-Length: ${content.length}`];
  if (type !== undefined) own.push(`Content-Type: ${type}`);
  if (allow !== undefined) own.push(`Allow: ${allow}`);
  const head = encoder.encode(headText(status, own));
  if (isHeadOnly) return head;
  const bytes = new Uint8Array(head.length + content.length);
  bytes.set(head);
  bytes.set(content, head.length);
  return bytes;
}

/** The head of an answer that goes on until one side ends it: events that the server sends. */
export function streamHead(): string {
  return headText(200, ["Content-Type: text/event-stream; charset=utf-8"]);
}

function headText(status: number, own: readonly string[]): string {
  return [`HTTP/1.1 ${status} ${REASONS[status]}`, ...COMMON, ...own, "", ""].join("\r\n");
}
