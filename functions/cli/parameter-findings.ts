/** What is wrong with parameters as such: their size and type, and names that nothing reads. Pure. */

import { nearest } from '../config/nearest.ts';
import type { Parameter } from '../config/parameter-store.ts';
import { byteLength } from '../messages/plain-text.ts';
import { webhookUrl } from '../messages/slack-webhook-url.ts';
import type { Provider } from '../providers/provider.ts';
import type { Finding } from './finding.ts';

/** In bytes (AWS General Reference, Systems Manager quotas: 4 KB and 8 KB). */
const standardBytes = 4096;
const advancedBytes = 8192;

/**
 * Whether it can be stored, in UTF-8. What is in Parameter Store was stored, and in the tier that it needs: this is for
 * what is to be put there.
 */
export function sizeFindings({ name, value }: Parameter): Finding[] {
  const bytes = byteLength(value);
  if (bytes <= standardBytes) return [];
  if (bytes > advancedBytes) {
    const message = `expected at most ${advancedBytes} bytes, as no parameter holds more, got ${bytes}`;
    return [{ parameter: name, message, severity: 'error' }];
  }
  const message = `has ${bytes} bytes, so it needs an advanced parameter (--tier Advanced, which AWS charges for); a standard one holds ${standardBytes}`;
  return [{ parameter: name, message, severity: 'warning' }];
}

/** Of an account's token. A StringList is said to be one where the account is read, and so is an unreadable config. */
export function tokenFindings({ name, type, undecryptable }: Parameter): Finding[] {
  if (name.endsWith('/token') && undecryptable !== undefined) {
    return [notDecrypted(name, undecryptable)];
  }
  if (name.endsWith('/token') && type === 'String') return [plainText(name, 'token')];
  return [];
}

function notDecrypted(parameter: string, reason: string): Finding {
  const message = `cannot be decrypted with these credentials (${reason}); the function needs the right to use its key, too`;
  return { parameter, message, severity: 'error' };
}

function plainText(parameter: string, secret: string): Finding {
  const message = `expected a SecureString, got a String, whose ${secret} is stored in plain text; delete the parameter and write it again as a SecureString, best with a new ${secret}`;
  return { parameter, message, severity: 'error' };
}

/** Names below the root that are no account's, and what is wrong with the one of Slack. */
export function rootFindings(
  parameters: readonly Parameter[],
  root: string,
  providers: readonly Pick<Provider, 'id' | 'name'>[],
): Finding[] {
  const folders = Map.groupBy(
    parameters,
    ({ name }) => name.slice(root.length + 1).split('/', 1)[0],
  );
  return [...folders].flatMap(([folder = '', inside]) => {
    const name = `${root}/${folder}`;
    const known = [...providers.map(({ id }) => id), 'slack'];
    if (!known.includes(folder)) return [unknownFolder(name, folder, inside, known)];
    const inPlace = inside.some((one) => one.name === name) ? [inPlaceOfFolder(name, folder)] : [];
    const below = inside.filter((one) => one.name !== name);
    return [
      ...inPlace,
      ...(folder === 'slack' ? below.flatMap((one) => slackFindings(one, root)) : []),
    ];
  });
}

function unknownFolder(
  parameter: string,
  folder: string,
  inside: readonly Parameter[],
  known: readonly string[],
): Finding {
  const meant = nearest(folder, known);
  const guess = meant === undefined ? '' : ` (did you mean "${meant}"?)`;
  const count = inside.length === 1 ? 'its parameter' : `its ${inside.length} parameters`;
  const message = `unknown name${guess}, expected one of ${known.join(', ')}; nothing reads ${count}`;
  return { parameter, message, severity: 'error' };
}

function inPlaceOfFolder(parameter: string, folder: string): Finding {
  const expected =
    folder === 'slack'
      ? `${parameter}/webhook-url`
      : `${parameter}/<account>/token or ${parameter}/<account>/config`;
  return {
    parameter,
    message: `a parameter in place of a folder, expected ${expected}`,
    severity: 'error',
  };
}

function slackFindings(parameter: Parameter, root: string): Finding[] {
  const { name, type, value, undecryptable } = parameter;
  const expected = `${root}/slack/webhook-url`;
  if (name !== expected) {
    const message = `unknown parameter of Slack, expected ${expected}`;
    return [{ parameter: name, message, severity: 'error' }];
  }
  if (type === 'StringList') {
    const message = 'expected a SecureString, got a StringList';
    return [{ parameter: name, message, severity: 'error' }];
  }
  if (undecryptable !== undefined) return [notDecrypted(name, undecryptable)];
  return [
    ...(type === 'String' ? [plainText(name, 'URL')] : []),
    ...(webhookUrl(value) === undefined ? [noWebhook(name)] : []),
  ];
}

function noWebhook(parameter: string): Finding {
  const message =
    'expected the URL of a Slack incoming webhook, https://hooks.slack.com/services/..., and nothing else; got something that is not shown, as it may be a secret';
  return { parameter, message, severity: 'error' };
}
