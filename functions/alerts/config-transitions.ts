/** From what was told about an account's parameters to what is to be told about them now. Pure. */

/** What is wrong with the parameters of an account. */
export interface Misconfiguration {
  /** The parameters that are wrong, by name and version: `config@3`. Another text is another thing to tell. */
  readonly versions: string;
  /** Lines that name the parameter, the path in it, what was found and what is allowed. */
  readonly messages: readonly string[];
}

export type ConfigTelling =
  | { readonly kind: 'misconfigured'; readonly problem: Misconfiguration }
  | { readonly kind: 'configured'; readonly versions: string };

export interface ConfigOutcome {
  /** Versions of the problem that was told and still holds. */
  readonly told: string | undefined;
  readonly telling?: ConfigTelling;
}

/** Each version of a broken parameter is told once, and so is its end. A mute puts the telling off. */
export function tellConfig(
  told: string | undefined,
  problem: Misconfiguration | undefined,
  muted: boolean,
): ConfigOutcome {
  if (problem === undefined) {
    if (told === undefined || muted) return { told: undefined };
    return { told: undefined, telling: { kind: 'configured', versions: told } };
  }
  if (problem.versions === told || muted) return { told };
  return { told: problem.versions, telling: { kind: 'misconfigured', problem } };
}
