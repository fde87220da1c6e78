import type * as z from 'zod';
import type { Meter } from './meter.ts';
import type { PriceList } from './schema/price.ts';

/** What a config depends on of a provider. */
export interface ConfigRules {
  /** As in parameter names: `northflank`. */
  readonly id: string;
  /** As in messages: `Northflank`. */
  readonly name: string;
  /** zod shape of the keys that only this provider has. */
  readonly options: z.ZodRawShape;
  readonly meters: readonly Meter[];
  /** What the provider counts by; no budget can have a shorter period. */
  readonly bucket: 'hour' | 'day';
  /** Hold where a config has no price of its own, in accounts of the same currency. Absent: there are none. */
  readonly defaultPrices?: PriceList;
  /** IANA zone of the provider's days; also the default of `timeZone`. */
  readonly dayZone: string;
  /** Host names that a base URL may have, loopback aside. */
  readonly hosts: readonly string[];
  /** Whether a base URL may not be on loopback either. */
  readonly isPublicOnly?: boolean;
  /** Base URL where the config names none; undefined where each has to. A method, so that a provider may name its own options' type. */
  baseUrl(options: Record<string, unknown>): string | undefined;
  /** Whether an account with these options has a balance that can be read. Absent: none has. */
  hasBalance?(options: Record<string, unknown>): boolean;
  /**
   * Rules that an account's own config has in place of these, where it describes its API itself; of a config that was
   * not validated, too. Absent: it does not.
   */
  readonly describedBy?: (config: unknown) => DescribedRules;
}

export interface DescribedRules extends Pick<ConfigRules, 'meters' | 'bucket' | 'dayZone'> {
  readonly settlesAfterHours: number;
}

/** The rules, or the provider, as an account's config describes them. */
export function asDescribed<Rules extends Pick<ConfigRules, 'describedBy'>>(
  rules: Rules,
  config: unknown,
): Rules {
  return rules.describedBy ? { ...rules, ...rules.describedBy(config) } : rules;
}
