/** Where the two parameters of an account are kept: in Parameter Store, or in a file in its stead. */
import type { Parameter } from '../config/parameter-store.ts';
import type { ParameterNames } from './account-draft.ts';

export interface KeptParameters {
  readonly config?: Parameter | undefined;
  readonly token?: Parameter | undefined;
}

export interface NewParameters {
  readonly names: ParameterNames;
  /** JSON. */
  readonly config: string;
  readonly token: string;
  /** What is there and is to be replaced. */
  readonly before: KeptParameters;
}

export interface ParameterPlace {
  /** As messages call it: `Parameter Store in eu-west-1`, `parameters.json`. */
  readonly name: string;
  readonly read: (names: ParameterNames) => Promise<KeptParameters>;
  /** Both or none. Throws a UsageError that says what is there now, without the token. */
  readonly write: (parameters: NewParameters) => Promise<void>;
}
