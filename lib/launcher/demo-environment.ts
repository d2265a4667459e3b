export type DemoServers = {
  providerUrl: string;
  ordersUrl: string;
};

/**
 * What web and worker need to reach the demo's own servers: permission to call them although they are on this
 * machine, and, for each model provider that the user has not configured, the offline one with a key that opens
 * nothing.
 *
 * `REPRISE_OFFLINE_PROVIDER` makes the pages say that answers are scripted.
 */
export function demoEnvironment(env: NodeJS.ProcessEnv, { providerUrl, ordersUrl }: DemoServers): NodeJS.ProcessEnv {
  const allowed = [env.REPRISE_EGRESS_ALLOW, hostAndPort(providerUrl), hostAndPort(ordersUrl)].filter(Boolean);
  const result: NodeJS.ProcessEnv = { ...env, REPRISE_EGRESS_ALLOW: allowed.join(",") };
  if (!env.ANTHROPIC_API_KEY && !env.ANTHROPIC_BASE_URL) {
    Object.assign(result, {
      ANTHROPIC_API_KEY: "demo-key-that-opens-nothing",
      ANTHROPIC_BASE_URL: providerUrl,
      REPRISE_OFFLINE_PROVIDER: "1",
    });
  }
  if (!env.OPENAI_API_KEY && !env.OPENAI_BASE_URL) {
    Object.assign(result, {
      OPENAI_API_KEY: "demo-key-that-opens-nothing",
      OPENAI_BASE_URL: `${providerUrl}/v1`,
      REPRISE_OFFLINE_PROVIDER: "1",
    });
  }
  return result;
}

function hostAndPort(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}
