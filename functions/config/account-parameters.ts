/** What an account's two parameters say. */
import type * as z from 'zod';
import type { Account, AccountConfig } from './account.ts';
import { type Parsed, parseConfig } from './config-error.ts';
import { parseJson } from './exact-json.ts';
import { kindOf } from './found-value.ts';
import { trimmedJson } from './invisible.ts';
import type { Parameter } from './parameter-store.ts';
import { readTokenText } from './token-text.ts';
import { withoutSecret } from './without-secret.ts';

type ReadToken = Parsed<Pick<Account, 'token' | 'withoutToken'>> & {
  /** What must not be told wherever else it stands. */
  readonly secret?: string;
};

/** No problem shows any of the token. One that cannot be decrypted is none, and nothing to be told of the parameters. */
export function readToken(parameter: Parameter | undefined, name: string): ReadToken {
  if (parameter === undefined) {
    return problem('missing, expected a SecureString that holds the API token and nothing else');
  }
  if (parameter.undecryptable !== undefined) {
    return {
      value: { token: '', withoutToken: undecryptableToken(name, parameter.undecryptable) },
    };
  }
  if (parameter.type === 'StringList') return problem('expected a SecureString, got a StringList');
  const read = readTokenText(parameter.value);
  if ('token' in read) return { value: { token: read.token }, secret: read.token };
  return { problems: [read.problem], secret: read.secret };
}

/** A sentence. */
function undecryptableToken(name: string, reason: string): string {
  return `The token in ${name} cannot be decrypted (${reason}): allow the function to use its key, or write the token again with the default key, aws/ssm.`;
}

export function readConfig(
  parameter: Parameter | undefined,
  schema: z.ZodType<AccountConfig>,
  secret: string | undefined,
): Parsed<AccountConfig> {
  if (parameter === undefined) return problem('missing, expected a String that holds JSON');
  if (parameter.undecryptable !== undefined) {
    return problem(`expected a text that can be decrypted, got ${parameter.undecryptable}`);
  }
  if (parameter.type === 'StringList') return problem('expected a String, got a StringList');
  const json = parseJson(trimmedJson(parameter.value));
  if ('problem' in json) return problem(`not JSON, ${json.problem}`);
  const kind = kindOf(json.value);
  if (kind !== 'an object') return problem(`expected a JSON object, got ${kind}`);
  const secure = parameter.type === 'SecureString';
  const disclosure = { secure, ...(secret !== undefined && { token: secret }) };
  const config = parseConfig(schema, json.value, disclosure);
  return 'value' in config && hasToken(parameter.value, secret) ? problem(tokenInConfig) : config;
}

const tokenInConfig =
  'expected no API token in it, got that of the account: names and addresses in a config are told';
/** A shorter text may well be a word of the config. */
const shortestToken = 8;

function hasToken(text: string, secret = ''): boolean {
  return secret.length >= shortestToken && withoutSecret(text, secret) !== text;
}

function problem(text: string): { readonly problems: readonly string[] } {
  return { problems: [text] };
}
