/** The looks of the overview in CloudWatch's two themes; the colors are those of the page. */

export type Theme = 'light' | 'dark';

const COLORS: Readonly<Record<Theme, string>> = {
  light:
    '--ink:#1b1f24;--soft:#59616d;--line:#e7e9ec;--track:#eef0f2;--accent:#1f5fae;--within:#0b8a6f;--risk:#e39a12;--over:#b8261d;--range:#1b1f2466',
  dark: '--ink:#e7eaee;--soft:#a6aeb9;--line:#2b3138;--track:#2b3138;--accent:#8bbcf7;--within:#37c3a2;--risk:#f1b850;--over:#ff9087;--range:#e7eaee80',
};

/** Other widgets share the document. */
export function overviewStyle(theme: Theme): string {
  return `.cost-alerts{${COLORS[theme]};color:var(--ink);font:13px/1.45 "Amazon Ember",system-ui,Arial,sans-serif;font-variant-numeric:tabular-nums}
.cost-alerts p{margin:0 0 8px}
.cost-alerts table{color:inherit;font:inherit;border-collapse:collapse;width:100%;margin:0 0 12px}
.cost-alerts caption{text-align:left;font-weight:700;padding:4px 0}
.cost-alerts th,.cost-alerts td{text-align:left;vertical-align:top;padding:6px 12px 6px 8px;border-top:1px solid var(--line);font-weight:400}
.cost-alerts thead th{color:var(--soft);border-top:0}
.cost-alerts tbody th{font-weight:600;border-left:4px solid transparent}
.cost-alerts .firing th{border-left-color:var(--over)}
.cost-alerts .links{display:block;font-weight:400;font-size:12px}
.cost-alerts a{color:var(--accent)}
.cost-alerts ul{margin:0;padding:0;list-style:none}
.cost-alerts .soft{color:var(--soft)}
.cost-alerts .budget{display:flex;flex-wrap:wrap;gap:2px 10px;align-items:center;margin-bottom:4px}
.cost-alerts .name{min-width:11em}
.cost-alerts .bar{flex:none}
.cost-alerts .track{fill:var(--track)}
.cost-alerts .within .used{fill:var(--within)}
.cost-alerts .risk .used{fill:var(--risk)}
.cost-alerts .over .used{fill:var(--over)}
.cost-alerts .range{fill:var(--range)}
.cost-alerts .point,.cost-alerts .limit{stroke:var(--ink);stroke-width:2;fill:none}
.cost-alerts .point{stroke-width:1}`;
}
