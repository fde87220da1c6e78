/** Checks a construct's settings before AWS, or a function, refuses them. */
import { Token } from 'aws-cdk-lib';
import { isProviderFile } from '../functions/providers/own-provider.ts';
import { providers } from '../functions/providers/registry.ts';
import { custom } from '../functions/providers/vendors/custom.ts';
import type { CostAlertsProps, CostAlertsSettings } from './cost-alerts-props.ts';
import { findScheduleProblem } from './schedule.ts';

/** A prop and what is wrong with it, without a full stop. */
export interface PropProblem {
  readonly prop: keyof CostAlertsProps;
  readonly message: string;
}

/** The first setting that AWS, or a function, would refuse. */
export function findProblem(settings: CostAlertsSettings): PropProblem | undefined {
  const messages: readonly (readonly [keyof CostAlertsProps, string | undefined])[] = [
    ['emails', settings.emails.map(findEmailProblem).find((message) => message !== undefined)],
    ['parameterRoot', findRootProblem(settings.parameterRoot)],
    ['schedule', findScheduleProblem(settings.schedule.expressionString)],
    ['providers', findProvidersProblem(settings.providers)],
    ['customHosts', findCustomHostsProblem(settings)],
    ['digest', findDigestProblem(settings.digest)],
    ['digestTimeZone', findTimeZoneProblem(settings.digestTimeZone)],
    ['tableName', findTableProblem(settings.tableName)],
    ['runbookUrl', findRunbookProblem(settings.runbookUrl)],
  ];
  for (const [prop, message] of messages) {
    if (message !== undefined) return { prop, message };
  }
  return undefined;
}

/** An address known only at deployment, such as a CloudFormation parameter, is accepted as it is. */
function findEmailProblem(email: string): string | undefined {
  const isEmail =
    Token.isUnresolved(email) || /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/.test(email);
  return isEmail ? undefined : `"${email}" is not an email address`;
}

/** Parameter Store allows 15 levels in a name; `<provider>/<account>/token` takes three. */
const MAX_ROOT_LEVELS = 12;

/** The characters matter beyond spelling: a `*` in the root would widen what the functions may read. */
function findRootProblem(root: string): string | undefined {
  if (!/^(\/[A-Za-z0-9._-]+)+$/.test(root)) {
    return `"${root}" is not a path of names after "/", of letters, digits, ".", "-" and "_"`;
  }
  if (/^\/(aws|ssm)/i.test(root))
    return `"${root}" begins with "/aws" or "/ssm", which AWS reserves`;
  const levels = root.split('/').length - 1;
  return levels > MAX_ROOT_LEVELS
    ? `"${root}" has ${levels} levels, at most ${MAX_ROOT_LEVELS} are allowed`
    : undefined;
}

function findProvidersProblem(ids: readonly string[]): string | undefined {
  const known = providers.map((provider) => provider.id);
  if (ids.length === 0) return `none given, choose from ${known.join(', ')}`;
  const unknown = ids.find((id) => !known.includes(id) && !isProviderFile(id));
  return unknown === undefined
    ? undefined
    : `"${unknown}" is not a provider, choose from ${known.join(', ')}, or a path such as ./my-provider.ts`;
}

/** A name that has to be looked up: no address, no port, nothing of this machine. */
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

function findCustomHostsProblem({ customHosts, providers: ids }: CostAlertsSettings) {
  const wrong = customHosts.find((host) => !HOST.test(host));
  if (wrong !== undefined) {
    return `expected the name of a host such as llm.example.com, in lower case and without scheme or port, got "${wrong}"`;
  }
  return ids.includes(custom.id) && customHosts.length === 0
    ? `none given, but "${custom.id}" is among the providers`
    : undefined;
}

const digests: readonly string[] = ['daily', 'weekly', 'off'];

/** Its type holds for TypeScript only. */
function findDigestProblem(digest: string): string | undefined {
  return digests.includes(digest) ? undefined : `"${digest}" is none of ${digests.join(', ')}`;
}

/** EventBridge Scheduler knows names of the IANA database only, and no offsets such as `+01:00`. */
function findTimeZoneProblem(zone: string): string | undefined {
  const problem = `expected an IANA time zone such as Europe/Berlin, got "${zone}"`;
  if (!/^[A-Za-z]/.test(zone)) return problem;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return undefined;
  } catch {
    return problem;
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
function findTableProblem(name: string | undefined): string | undefined {
  return name === undefined || Token.isUnresolved(name) || /^[A-Za-z0-9_.-]{3,255}$/.test(name)
    ? undefined
    : `"${name}" is not 3 to 255 letters, digits, "_", "." and "-"`;
}

/** Alarms add a fragment to it to make a link. */
function findRunbookProblem(url: string): string | undefined {
  return Token.isUnresolved(url) || /^[^\s#]+$/.test(url)
    ? undefined
    : `"${url}" is not an address without spaces or "#"`;
}
