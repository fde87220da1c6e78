/** Connects to public addresses only, whatever a host's name leads to: the address that was checked is the one connected to. */
import { type LookupAddress, lookup as lookUp } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { NOT_PUBLIC } from './exchange-error.ts';

/** IANA's special-purpose registry: this host, private, carrier NAT, loopback, link-local and metadata, tests, multicast, reserved. */
const NOT_PUBLIC_4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const;

/** All that is global, without what leads on to an IPv4 address (Teredo, 6to4) and what is for protocols and documents. */
const GLOBAL_6 = ['2000::', 3] as const;
const NOT_PUBLIC_6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const notPublic = new BlockList();
for (const [net, prefix] of NOT_PUBLIC_4) notPublic.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of NOT_PUBLIC_6) notPublic.addSubnet(net, prefix, 'ipv6');
const global6 = new BlockList();
global6.addSubnet(...GLOBAL_6, 'ipv6');

/** Mapped, NAT64, unique-local and link-local addresses of IPv6 are outside of what is global. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, 'ipv4');
  return family === 6 && global6.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

/** Finds all addresses of a name. */
type Resolve = (
  hostname: string,
  options: { readonly all: true },
  callback: (error: Error | null, addresses: LookupAddress[] | undefined) => void,
) => void;

/** One address that is not public makes the whole name unfit: which one is connected to would be chance. */
export function publicLookup(resolve: Resolve): LookupFunction {
  return (hostname, { all }, callback) => {
    resolve(hostname, { all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !addresses || !first) return callback(error ?? notPublicError(hostname), []);
      if (!addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(notPublicError(hostname), []);
      }
      return all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}

function notPublicError(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${hostname} is not public`), { code: NOT_PUBLIC });
}

interface AgentOptions {
  readonly resolve?: Resolve;
  readonly port?: number;
}

/**
 * For https to names on one port. An address in place of a name would not be looked up, so it is refused here. The
 * environment's proxies are for other agents than this one.
 */
export function publicAgent({ resolve = lookUp, port: onlyPort = 443 }: AgentOptions = {}): Agent {
  const connect = buildConnector({
    timeout: 5_000,
    allowH2: false,
    lookup: publicLookup(resolve),
  });
  return new Agent({
    connect: (options, callback) => {
      const { protocol, hostname, port } = options;
      const isAddress = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
      if (protocol === 'https:' && !isAddress && (port || '443') === String(onlyPort)) {
        connect(options, callback);
      } else {
        callback(notPublicError(hostname), null);
      }
    },
  });
}
