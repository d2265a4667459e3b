/** Headers by name. */
type Headers = Record<string, string>;

/**
 * The style element that sonner writes when it is loaded, and which takes no nonce: put into the page empty, then filled.
 * A unit test compares the hash with the package.
 */
export const toastStyleHashes = [
  "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
  "sha256-StEaX+se6YS7pqjzrzMIA0KaX9zF/8zAhvQXZAe5epY=",
] as const;

/**
 * A page's content security policy: only scripts that carry this request's nonce run, and what those load themselves;
 * nothing is loaded from or sent to another host. Style attributes are allowed: server-rendered markup has them, and
 * they neither run code nor, below this policy, reach a host. `isDevelopment`: React's own tools need eval. Pure.
 */
export function pagePolicy(nonce: string, isDevelopment = false): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "script-src-attr 'none'",
    // The development server writes style elements as files change, without a nonce.
    `style-src-elem 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}' ${toastStyleHashes.map((hash) => `'${hash}'`).join(" ")}`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** For anything that is not a page but may be opened as one: nothing in it is loaded or run. */
export const bareCsp = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** What every answer of the web process carries, whatever serves it: set by next.config.ts. */
export const everywhere: Headers = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // Links that let someone in are in addresses; "no-referrer" would make the Origin of our own forms opaque.
  "referrer-policy": "same-origin",
  "permissions-policy":
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), serial=(), usb=(), xr-spatial-tracking=()",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Strict-Transport-Security (a year) when browsers reach this installation over https, else nothing. Pure. */
export function transportHeaders(publicUrl: string | undefined): Headers {
  return publicUrl?.startsWith("https://") ? { "strict-transport-security": "max-age=31536000" } : {};
}
