/** Links into the AWS console, which each partition has at a host of its own (SSM and ECS guides, links to parameters). */

const HOSTS = [
  { prefix: 'cn-', host: 'console.amazonaws.cn' },
  { prefix: 'us-gov-', host: 'console.amazonaws-us-gov.com' },
] as const;

/** `https://eu-west-1.console.aws.amazon.com/<path>?region=eu-west-1`; `path` without a slash before it. */
export function consoleUrl(region: string, path: string): string {
  const { host } = HOSTS.find(({ prefix }) => region.startsWith(prefix)) ?? {
    host: 'console.aws.amazon.com',
  };
  return `https://${region}.${host}/${path}?region=${region}`;
}
