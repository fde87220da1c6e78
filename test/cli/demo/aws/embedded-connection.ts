import type { EmbeddedAws } from '../../../../cli/demo/aws/embedded-aws.ts';

/** Settings of an SDK client that talks to the embedded AWS and does not repeat what failed. */
export function connectionTo({ endpoint, environment }: EmbeddedAws) {
  return {
    endpoint,
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
    maxAttempts: 1,
  };
}
