import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  typedRoutes: false,
  devIndicators: false,
  experimental: { optimizePackageImports: ["radix-ui"] },
};

export default config;
