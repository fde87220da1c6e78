import { expect, test } from 'vitest';
import { isolateEnvironment } from '../../../cli/demo/local-process.ts';

test('of an environment only what is not about AWS is left, beside what is put there', () => {
  const environment: NodeJS.ProcessEnv = {
    PATH: '/bin',
    AWS_PROFILE: 'real',
    AWS_ACCESS_KEY_ID: 'real',
    AWS_SESSION_TOKEN: 'real',
    AWS_CONFIG_FILE: '/home/me/.aws/config',
    AWS_ENDPOINT_URL_SNS: 'https://sns.eu-west-1.amazonaws.com',
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/real',
    aws_region: 'eu-west-1',
    _AWS_TEST: 'real',
  };

  isolateEnvironment(environment, {
    AWS_ENDPOINT_URL: 'http://localhost:1',
    AWS_ACCESS_KEY_ID: 'local',
  });

  const { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, ...others } = environment;
  expect(others).toEqual({
    PATH: '/bin',
    AWS_ENDPOINT_URL: 'http://localhost:1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  expect([AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE]).toEqual([
    expect.stringMatching(/null|nul/i),
    expect.stringMatching(/null|nul/i),
  ]);
});
