import { BlockList, isIPv4, isIPv6 } from "node:net";

/**
 * Which IP addresses tools may reach: public unicast ones only. Sources: the IANA special-purpose address registries
 * (RFC 6890, RFC 8190) and the metadata services of the large clouds.
 */
const refusedV4: readonly (readonly [string, number, string])[] = [
  ["0.0.0.0", 8, "unspecified"],
  ["10.0.0.0", 8, "private"],
  ["100.64.0.0", 10, "shared (CGNAT)"],
  ["127.0.0.0", 8, "loopback"],
  ["169.254.0.0", 16, "link-local or metadata"],
  ["172.16.0.0", 12, "private"],
  ["192.0.0.0", 24, "protocol assignments or metadata"],
  ["192.0.2.0", 24, "documentation"],
  ["192.88.99.0", 24, "6to4 relay"],
  ["192.168.0.0", 16, "private"],
  ["198.18.0.0", 15, "benchmarking"],
  ["198.51.100.0", 24, "documentation"],
  ["203.0.113.0", 24, "documentation"],
  ["224.0.0.0", 4, "multicast"],
  ["240.0.0.0", 4, "reserved"],
  // A cloud's metadata and DNS address that looks public but is answered by the machine's own host.
  ["168.63.129.16", 32, "metadata"],
];

const refusedV6: readonly (readonly [string, number, string])[] = [
  ["::", 128, "unspecified"],
  ["::1", 128, "loopback"],
  ["::ffff:0:0", 96, "IPv4-mapped"],
  ["::", 96, "IPv4-compatible"],
  ["::ffff:0:0:0", 96, "IPv4-translated"],
  ["64:ff9b::", 96, "NAT64"],
  ["64:ff9b:1::", 48, "NAT64"],
  ["100::", 64, "discard-only"],
  ["2001::", 32, "Teredo"],
  ["2001::", 23, "protocol assignments"],
  ["2001:db8::", 32, "documentation"],
  ["2002::", 16, "6to4"],
  ["3fff::", 20, "documentation"],
  ["fc00::", 7, "private or metadata"],
  ["fe80::", 10, "link-local"],
  ["fec0::", 10, "site-local"],
  ["ff00::", 8, "multicast"],
];

const v4Rules = refusedV4.map((rule) => ({ list: listOf(rule, "ipv4"), why: rule[2] }));
const v6Rules = refusedV6.map((rule) => ({ list: listOf(rule, "ipv6"), why: rule[2] }));
const globalUnicastV6 = listOf(["2000::", 3], "ipv6");

function listOf(rule: readonly [string, number, string?], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  list.addSubnet(rule[0], rule[1], family);
  return list;
}

/**
 * Why an address must not be connected to ("loopback", "private", …), or null when it is public. Text that is not a
 * plain IPv4 (four decimals) or IPv6 address, or has a zone, is refused as "not an address".
 */
export function addressRefusal(ip: string): string | null {
  if (isIPv4(ip)) return v4Rules.find((rule) => rule.list.check(ip, "ipv4"))?.why ?? null;
  if (!isIPv6(ip) || ip.includes("%")) return "not an address";
  const special = v6Rules.find((rule) => rule.list.check(ip, "ipv6"));
  if (special) return special.why;
  // Everything outside 2000::/3 is unassigned or special today, so it is refused even if not named above.
  return globalUnicastV6.check(ip, "ipv6") ? null : "reserved";
}

/** The IP address in a URL's `hostname`, without brackets; null for a name. WHATWG URLs write `0x7f.1` in decimals. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
  return isIPv4(bare) || isIPv6(bare) ? bare : null;
}
