import { lookup as systemLookup } from "node:dns";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";
import { EngineError } from "../../job/errors.ts";

const RESERVED_V4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const;

/** Everything but global unicast (2000::/3), and the ranges in it that carry an IPv4 address or lead nowhere. */
const RESERVED_V6 = [
  ["::", 3],
  ["4000::", 2],
  ["8000::", 1],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
] as const;

// Two lists, because one list would match IPv4 addresses with ::/3 by their mapped form.
const reserved = { ipv4: new BlockList(), ipv6: new BlockList() } as const;
for (const [network, prefix] of RESERVED_V4) reserved.ipv4.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of RESERVED_V6) reserved.ipv6.addSubnet(network, prefix, "ipv6");
const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Which addresses may be reached. */
export type AddressPolicy = "public" | "public-or-loopback" | "any";

/**
 * Whether an IP address may be reached.
 * @see IANA special-purpose address registries (RFC 6890).
 */
export function mayReach(address: string, policy: AddressPolicy): boolean {
  if (policy === "any") return true;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  const plain = mapped ?? address.replace(/%.*$/, "");
  const family = isIPv6(plain) ? "ipv6" : "ipv4";
  if (policy === "public-or-loopback" && loopback.check(plain, family)) return true;
  return isIP(plain) !== 0 && !reserved[family].check(plain, family);
}

function refused(host: string): EngineError {
  return new EngineError(
    "input/fetch",
    `${host} is a private address, which this gateway does not reach. Upload the file with POST /files, or start the gateway with --allow-private-urls.`,
  );
}

/**
 * Refuses a URL whose host is a literal address that may not be reached; names are checked by {@link guardedLookup}.
 * @throws EngineError `input/fetch`.
 */
export function refuseLiteral(url: URL, policy: AddressPolicy): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0 && !mayReach(host, policy)) throw refused(host);
}

/**
 * Name resolution for a connection: it fails unless every address of the name may be reached, and the connection
 * goes to the addresses that were checked, so a name that answers differently the second time gains nothing.
 */
export function guardedLookup(
  policy: AddressPolicy,
  resolve: typeof systemLookup = systemLookup,
): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error) {
        callback(error, "");
      } else if (addresses.length === 0 || addresses.some(({ address }) => !mayReach(address, policy))) {
        callback(refused(host), "");
      } else if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}
