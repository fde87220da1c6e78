/** Which names may be shown: a key, a column or a part of a path may itself be data, such as a customer's name. */

/** Of which names of fields consist in APIs of usage and costs; in the singular. */
const WORDS = new Set(
  `account action activity actual address after aggregated aggregation all allowance amount analytic api
  api_key app asset audio average balance bandwidth base batch before begin bill billing bucket budget build
  byoc byte cache cached category charge city class cluster code column completion consumed consumption
  context cost count country cpu create created creation credit cumulative currency cursor customer daily data
  database date day default delete deleted delivery description detail discount disk display dollar domain
  duration egress email end ending endpoint entity entry environment error event excluded expire explanation
  external fee field file filter first flag float frame free from function gauge generation gpu granularity group
  has hour hourly host hostname id image included incoming index info ingress input integer interval invoice
  ip is item key kind label language last latency left length level limit line link list live load balancer
  location long max maximum measure measurement memory message meta metadata meter method metric min minimum
  minute mode model month monthly more name namespace net network next node note number object of offset old op
  operation option order ordering org organisation organization outgoing output over overage page pagination paas parent
  path pay payment per percent period plan platform plus point position previous price pricing product project
  prompt property provider quantity query quota ram rate ratio raw read reason reasoning record reference region
  remaining rename replica report req request reset resource resp response result role row run script second
  sequence service session size source speech spend spent stage start started starting state statistic stats
  status step stop storage stored stream subscription subtitle subtotal success sum tag task tax team tenant
  text tier time timestamp title to token tool top total trace traffic transfer type uncached unit unsigned
  until update updated url usage usd use used user uuid value vcpu version video view volume web week window
  workspace write year zone`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

const NAME = /^[_$@#]?[A-Za-z]+([_.:-]?[A-Za-z]+)*$/;
const LONGEST_NAME = 60;

/** Whether it is one that the adapter knows, or made of words that any API has. */
export function isFieldName(name: string, known: readonly string[]): boolean {
  if (known.includes(name)) return true;
  if (name.length > LONGEST_NAME || !NAME.test(name)) return false;
  const words = name.replaceAll(/([a-z])(?=[A-Z])/g, '$1 ').split(/[^A-Za-z]+/);
  return words.every((word) => word === '' || isWord(word.toLowerCase()));
}

function isWord(word: string): boolean {
  return WORDS.has(word) || (word.endsWith('s') && WORDS.has(word.slice(0, -1)));
}

const VERSION = /^v\d{1,2}(beta|alpha)?\d?$/;

/** `/v1/teams/<id>/billing/usage`. */
export function maskedPath(path: string): string {
  const parts = path.split('/');
  return parts.map((part) => (part === '' || isPathWord(part) ? part : '<id>')).join('/');
}

function isPathWord(part: string): boolean {
  return VERSION.test(part) || isFieldName(part, []);
}
