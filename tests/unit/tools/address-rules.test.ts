import { describe, expect, test } from "vitest";
import { addressRefusal, literalAddress } from "#/lib/tools/address-rules.ts";

const publicAddresses = [
  "1.1.1.1",
  "8.8.8.8",
  "93.184.216.34",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "126.255.255.255",
  "128.0.0.1",
  "169.253.255.255",
  "169.255.0.0",
  "172.15.255.255",
  "172.32.0.0",
  "192.0.1.0",
  "192.167.255.255",
  "192.169.0.0",
  "198.17.255.255",
  "198.20.0.0",
  "223.255.255.255",
  "168.63.129.15",
  "168.63.129.17",
  "2606:4700:4700::1111",
  "2a00:1450:4001:81b::200e",
  "2003::1",
  "2001:4860:4860::8888",
  "3ffe::1",
];

const refusedAddresses: [string, string][] = [
  ["0.0.0.0", "unspecified"],
  ["0.1.2.3", "unspecified"],
  ["10.0.0.1", "private"],
  ["10.255.255.255", "private"],
  ["100.64.0.1", "CGNAT"],
  ["100.100.100.200", "CGNAT"],
  ["100.127.255.255", "CGNAT"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["169.254.0.1", "link-local"],
  ["169.254.169.254", "metadata"],
  ["169.254.170.2", "metadata"],
  ["172.16.0.1", "private"],
  ["172.31.255.255", "private"],
  ["192.0.0.192", "metadata"],
  ["192.0.2.1", "documentation"],
  ["192.88.99.1", "6to4"],
  ["192.168.0.1", "private"],
  ["198.18.0.1", "benchmarking"],
  ["198.19.255.255", "benchmarking"],
  ["198.51.100.7", "documentation"],
  ["203.0.113.9", "documentation"],
  ["224.0.0.1", "multicast"],
  ["239.255.255.255", "multicast"],
  ["240.0.0.1", "reserved"],
  ["255.255.255.255", "reserved"],
  ["168.63.129.16", "metadata"],
  ["::", "unspecified"],
  ["0:0:0:0:0:0:0:0", "unspecified"],
  ["::1", "loopback"],
  ["0:0:0:0:0:0:0:1", "loopback"],
  ["::ffff:127.0.0.1", "mapped"],
  ["::ffff:7f00:1", "mapped"],
  ["::FFFF:8.8.8.8", "mapped"],
  ["0:0:0:0:0:ffff:0a00:0001", "mapped"],
  ["::7f00:1", "compatible"],
  ["::127.0.0.1", "compatible"],
  ["::8.8.8.8", "compatible"],
  ["::ffff:0:127.0.0.1", "translated"],
  ["64:ff9b::7f00:1", "NAT64"],
  ["64:ff9b::169.254.169.254", "NAT64"],
  ["64:ff9b:1::1", "NAT64"],
  ["100::1", "discard"],
  ["2001::1", "Teredo"],
  ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo"],
  ["2001:2::1", "protocol"],
  ["2001:20::1", "protocol"],
  ["2001:db8::1", "documentation"],
  ["3fff::1", "documentation"],
  ["3fff:fff::1", "documentation"],
  ["2002:7f00:1::", "6to4"],
  ["2002:a9fe:a9fe::1", "6to4"],
  ["fc00::1", "private"],
  ["fd00:ec2::254", "metadata"],
  ["fdff:ffff::1", "private"],
  ["fe80::1", "link-local"],
  ["febf::1", "link-local"],
  ["fec0::1", "site-local"],
  ["ff02::1", "multicast"],
  ["ff0e::1", "multicast"],
  ["4000::1", "reserved"],
  ["5f00::1", "reserved"],
  ["1000::1", "reserved"],
  ["fe80::1%eth0", "not an address"],
  ["2606:4700::1%1", "not an address"],
  ["", "not an address"],
  ["localhost", "not an address"],
  ["1.2.3", "not an address"],
  ["01.1.1.1", "not an address"],
  ["0x7f.0.0.1", "not an address"],
  ["2130706433", "not an address"],
  ["1.1.1.1 ", "not an address"],
  ["1.1.1.256", "not an address"],
  ["[::1]", "not an address"],
];

describe("addresses", () => {
  test.each(publicAddresses)("%s is public", (ip) => {
    expect(addressRefusal(ip)).toBe(null);
  });
  test.each(refusedAddresses)("%s is refused as %s", (ip, why) => {
    expect(addressRefusal(ip)).toContain(why);
  });
});

/** Ways to write a loopback, private or metadata address in a URL; the URL parser must reveal each of them. */
const disguised = [
  "127.1",
  "127.0.1",
  "2130706433",
  "0x7f000001",
  "0x7f.0.0.1",
  "0177.0.0.1",
  "017700000001",
  "0x7f.1",
  "127.0.0.1.",
  "0",
  "0x0",
  "①②⑦.⓪.⓪.①",
  "127。0。0。1",
  "%31%32%37.0.0.1",
  "10.1",
  "0xa000001",
  "167772161",
  "192.168.257",
  "0xc0a80001",
  "169.254.43518",
  "2852039166",
  "0xa9fea9fe",
  "0xA9.0xFE.0xA9.0xFE",
  "0251.0376.0251.0376",
  "[::1]",
  "[0:0:0:0:0:0:0:1]",
  "[::ffff:127.0.0.1]",
  "[::ffff:a9fe:a9fe]",
  "[::127.0.0.1]",
  "[64:ff9b::10.0.0.1]",
  "[FD00:EC2::254]",
  "[2002:7f00:0001::]",
];

describe("host names in URLs", () => {
  test.each(disguised)("http://%s/ is seen as an address that is not public", (host) => {
    const literal = literalAddress(new URL(`http://${host}/`).hostname);
    expect(literal).not.toBe(null);
    expect(addressRefusal(literal ?? "8.8.8.8")).not.toBe(null);
  });
  test.each(["example.com", "localhost", "a.b", "127.0.0.1.nip.io"])("%s is a name", (host) => {
    expect(literalAddress(new URL(`http://${host}/`).hostname)).toBe(null);
  });
});
