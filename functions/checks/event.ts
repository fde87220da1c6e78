import * as z from 'zod';

/** The schedule's constant input, or what the rule for changed parameters makes of Parameter Store's event. */
const eventSchema = z.looseObject({
  provider: z.string().optional(),
  /** Name of the parameter that was changed. */
  parameter: z.string().optional(),
});

/**
 * The account that an event asks to check; undefined for all of them. Throws one line for an event that is meant for
 * another provider's function, or for a parameter outside of the provider's folder.
 */
export function accountToCheck(
  event: unknown,
  provider: string,
  parameterRoot: string,
): string | undefined {
  const { data, success } = eventSchema.safeParse(event ?? {});
  if (!success) throw new Error(`event: expected an object, got ${JSON.stringify(event)}`);
  if (data.provider !== undefined && data.provider !== provider) {
    throw new Error(`event: expected provider "${provider}", got "${data.provider}"`);
  }
  if (data.parameter === undefined) return undefined;
  const folder = `${parameterRoot}/${provider}/`;
  const [account] = data.parameter.startsWith(folder)
    ? data.parameter.slice(folder.length).split('/')
    : [];
  if (!account)
    throw new Error(`event: expected a parameter below ${folder}, got "${data.parameter}"`);
  return account;
}
