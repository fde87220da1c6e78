/** `cost-alerts/providers`: what a provider of your own is written with. */

export type { Meter } from '../config/meter.ts';
export { amountWithin } from './exact-number.ts';
export type { BodyReader } from './http/body.ts';
export { type HttpClient, type HttpFailure, usageClient } from './http/client.ts';
export { jsonList, jsonObject, readJson, readJsonBody, schemaProblem } from './http/json.ts';
export {
  defineProvider,
  type Interval,
  type Provider,
  type ProviderAccount,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from './provider.ts';
