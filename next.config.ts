import type { NextConfig } from "next";
import { bareCsp, everywhere } from "./lib/api/security-headers.ts";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: false,
  devIndicators: false,
  // Types are checked by `npm run verify`, tests included, and not a second time here.
  typescript: { ignoreBuildErrors: true },
  // Pages get their policy, with a nonce, from middleware.ts.
  headers: async () => [
    { source: "/:path*", headers: listed(everywhere) },
    { source: "/(api|_next)/:path*", headers: listed({ "content-security-policy": bareCsp }) },
  ],
  // /llms.txt and /docs read these when they are asked.
  outputFileTracingIncludes: { "/llms.txt": ["./docs/**/*.md"], "/docs/[...path]": ["./docs/**/*.md"] },
  experimental: {
    optimizePackageImports: ["radix-ui"],
    // A third of a build went into a cache for the next one, which saved less than it cost, and into maps that nothing reads.
    turbopackFileSystemCacheForBuild: false,
    turbopackSourceMaps: false,
    // What is kept of a body for middleware.ts, which sees the announced length only; an action's own limit is 1 MB.
    proxyClientMaxBodySize: "2mb",
  },
};

/** The build also leaves a server with all that it needs (.next/standalone), which `npm run bundle` takes. */
export default function configFor(phase: string): NextConfig {
  return phase === "phase-production-build" ? { ...config, output: "standalone" } : config;
}

function listed(headers: Record<string, string>): { key: string; value: string }[] {
  return Object.entries(headers).map(([key, value]) => ({ key, value }));
}
