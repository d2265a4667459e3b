/** Query parameters that are known to hold a credential, without case, hyphens and underscores. */
const parameters: ReadonlySet<string> = new Set([
  ...["apikey", "key", "accesskey", "accesskeyid", "awsaccesskeyid", "subscriptionkey", "sharedkey", "privatekey"],
  ...["token", "accesstoken", "authtoken", "apitoken", "idtoken", "refreshtoken", "sessiontoken", "bearertoken", "jwt"],
  ...["auth", "authorization", "bearer", "credential", "credentials", "session", "sessionid", "sid"],
  ...["secret", "clientsecret", "appsecret", "apisecret", "password", "passwd", "pwd", "pass", "passphrase"],
  ...["sig", "sign", "signature", "hmac"],
  ...["xamzsignature", "xamzcredential", "xamzsecuritytoken", "xgoogsignature", "xgoogcredential"],
]);
const parameterEnds = /(?:secret|password|passphrase|apikey|accesstoken|authtoken|securitytoken|signature)$/;

/** Is this name of a query parameter, or of a value in a fragment, well known for holding a credential? */
export function isSecretParameter(name: string): boolean {
  const plain = decoded(name)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
  return parameters.has(plain) || parameterEnds.test(plain);
}

const headers: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "api-key",
  "x-auth-token",
]);
const headerWords = /(?:^|[-_])(?:api[-_]?key|access[-_]?key|subscription[-_]?key|token|secret|password|signature)$/;

const longestHeader = Math.max(...[...headers].map((name) => name.length));

/** Is this one of the headers that everyone sends credentials in? Also asked of any name in a body. */
export function isCredentialHeader(name: string): boolean {
  return name.length <= longestHeader && headers.has(name.toLowerCase());
}

/** Does the name of a request's header say that it holds a credential? */
export function isSecretHeader(name: string): boolean {
  return isCredentialHeader(name) || headerWords.test(name.toLowerCase());
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
