/** List prices, one file a provider, as data with their source and the date they were read on. */
import * as z from 'zod';
import type { PriceList } from '../config/price-schema.ts';
import { pricesSchema } from '../config/price-schema.ts';
import influxdb from '../providers/influxdb-prices.json' with { type: 'json' };
import type { Provider } from '../providers/provider.ts';

/** Named after the provider's id. A provider that tells its costs itself has none. */
const files: Readonly<Record<string, unknown>> = { influxdb };

/** A provider's prices and where they are from. */
export interface PriceFile extends PriceList {
  /** Public page of the vendor. */
  readonly source: string;
  /** `2026-09-20`. */
  readonly readOn: string;
}

type PricedProvider = Pick<Provider, 'id' | 'meters'>;

/** Throws a ZodError for a file with prices that the provider's meters cannot have; undefined where there is none. */
export function priceFileOf({ id, meters }: PricedProvider): PriceFile | undefined {
  if (!Object.hasOwn(files, id)) return;
  return z
    .strictObject({
      source: z.url({ protocol: /^https$/ }),
      readOn: z.iso.date(),
      currency: z.string().regex(/^[A-Z]{3}$/),
      prices: pricesSchema(meters),
    })
    .parse(files[id]);
}

/** The provider as configs are read for it: what they give no price for has its list price. */
export function withListPrices<Priced extends PricedProvider>(
  provider: Priced,
): Priced & { readonly defaultPrices?: PriceList } {
  const defaultPrices = priceFileOf(provider);
  return defaultPrices === undefined ? provider : { ...provider, defaultPrices };
}
