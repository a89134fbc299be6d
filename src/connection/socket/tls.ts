/**
 * Encryption of connections: the options of `node:tls`.
 *
 * @module
 */

/** Options of `node:tls`, all of which are passed on; the ones that most need are named here. */
export interface TlsOptions {
  /** The private key, as PEM. A listener needs one. */
  readonly key?: string | Uint8Array;
  /** The certificate, as PEM. A listener needs one. */
  readonly cert?: string | Uint8Array;
  /** Who is trusted, as PEM, in place of the system's authorities. */
  readonly ca?: string | Uint8Array;
  /** The name that the other side's certificate must have. @default the host of the address */
  readonly servername?: string;
  /** Whether a listener asks for certificates. */
  readonly requestCert?: boolean;
  /** Whether the other side must have a certificate that is trusted. */
  readonly rejectUnauthorized?: boolean;
  /** Any other option of `node:tls`. */
  readonly [option: string]: unknown;
}
