const monthMs = 30 * 86_400_000;
const hourMs = 3_600_000;

/** How many of so many would come in 30 days, rounded to one decimal; `from` and `until` are the first and last check. */
export function alertsAMonth(
  count: number,
  { from, until }: { readonly from: number; readonly until: number },
): number {
  // Each check stands for its hour.
  const months = (until - from + hourMs) / monthMs;
  return Math.round((count / months) * 10) / 10;
}
