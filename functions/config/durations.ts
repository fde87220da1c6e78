/** How long an hour and a day of 24 of them are. A day of a zone may be shorter or longer where clocks are set. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
