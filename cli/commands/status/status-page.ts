/** The page of all accounts and totals as the register knows them. */
import { TOTALS } from '../../../functions/config/account.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { type AccountNow, accountNow } from '../../backtest/account-now.ts';
import type { ReplayedAccount } from '../../backtest/replayed.ts';
import { UsageError } from '../../output.ts';
import { alarming, mutedText } from './account-remarks.ts';
import type { AccountStatus } from './account-status.ts';
import type { Status } from './read-status.ts';

interface Shown {
  /** Of the parameters. */
  readonly root: string;
  readonly providers: readonly Provider[];
}

/** HTML. Throws a UsageError where nothing is known to show. */
export async function statusPage(status: Status, { root, providers }: Shown): Promise<string> {
  const { at, accounts, totals, registerUnknown } = status;
  if (registerUnknown !== undefined) {
    throw new UsageError(`--page: there is nothing to show: ${registerUnknown}`);
  }
  const all = [...accounts, ...totals];
  const shown = all.flatMap((one) => accountOnPage(one, { root, providers }, at));
  if (shown.length === 0) throw new UsageError('--page: there is nothing to show before a check');
  const leftOut = all
    .filter(({ summary }) => summary?.readAt === undefined)
    .map((one) => [`${one.name}: no complete check yet`, ...alarming(one)].join('; '));
  // What draws the page takes a quarter of a second to load.
  const { renderPage } = await import('../../backtest/page/render-page.ts');
  return renderPage(shown, { now: at, leftOut });
}

function accountOnPage(
  account: AccountStatus,
  { root, providers }: Shown,
  now: number,
): ReplayedAccount[] {
  const { name, summary } = account;
  if (summary?.readAt === undefined) return [];
  const [id = '', own = ''] = name.split('/');
  const { currency = '', dayZone = 'UTC' } = summary;
  const provider: AccountNow['provider'] =
    id === TOTALS
      ? { id, name: `Total in ${currency}`, dayZone, meters: [] }
      : (providers.find((one) => one.id === id) ?? { id, name: id, dayZone, meters: [] });
  return [
    accountNow({
      summarized: { provider: id, account: own, summary },
      provider,
      parameter: id === TOTALS ? `${root}/${name}` : `${root}/${name}/config`,
      remarks: [...alarming(account), mutedText(account)].flatMap((text) =>
        text === undefined ? [] : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
      ),
      now,
    }),
  ];
}
