import { devNull } from 'node:os';

/**
 * Removes every AWS setting, files included, from `environment` and adds `settings`: an SDK client created afterwards
 * reaches nothing but the endpoint in `settings`, whatever the user has configured.
 */
export function isolateEnvironment(
  environment: NodeJS.ProcessEnv,
  settings: { readonly AWS_ENDPOINT_URL: string } & Readonly<Record<string, string>>,
): void {
  for (const name of Object.keys(environment)) {
    if (/^_?AWS_/i.test(name)) delete environment[name];
  }
  Object.assign(environment, settings, {
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
}
