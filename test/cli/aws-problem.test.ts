import { describe, expect, test } from 'vitest';
import { awsProblem, isDenied, isTableMissing } from '../../functions/cli/aws-problem.ts';
import { ParameterStoreError } from '../../functions/config/parameter-store.ts';

/** An error as the SDK throws it. */
function sdkError(name: string, message: string, more: object = { $metadata: {} }): Error {
  return Object.assign(new Error(message), { name, ...more });
}

const denied = sdkError('AccessDeniedException', 'User: x is not authorized to perform: ssm:Get');

describe('what AWS did not let us do is one line that says what to do', () => {
  test.each([
    [new Error('Region is missing'), /^no AWS region \(Region is missing\); give --region/],
    [new Error('Region not accepted: region="a b" is not'), /^no AWS region \(Region not accepted/],
    [
      sdkError('CredentialsProviderError', 'Could not load credentials from any providers', {}),
      /^no AWS credentials were found; give --profile/,
    ],
    [
      sdkError(
        'CredentialsProviderError',
        'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
        {},
      ),
      /^the AWS session is over; log in again, for example by "aws sso login"$/,
    ],
    [
      sdkError('ExpiredTokenException', 'The security token is expired'),
      /^the AWS session is over/,
    ],
    [
      sdkError('UnrecognizedClientException', 'The security token is invalid.'),
      /^AWS does not accept the credentials \(UnrecognizedClientException: The/,
    ],
    [denied, /^AWS does not allow it: User: x is not .*; ask for this permission/],
    [
      sdkError('Error', 'connect ECONNREFUSED 127.0.0.1:9', {
        code: 'ECONNREFUSED',
        $metadata: {},
      }),
      /^AWS cannot be reached \(connect ECONNREFUSED 127\.0\.0\.1:9\); check the network/,
    ],
    [
      sdkError('Error', 'getaddrinfo ENOTFOUND ssm.eu-wst-1.amazonaws.com'),
      /^AWS cannot be reached \(getaddrinfo ENOTFOUND ssm\.eu-wst-1/,
    ],
    [sdkError('TimeoutError', 'Request timed out'), /^AWS cannot be reached/],
    [sdkError('ThrottlingException', 'Rate exceeded'), /^AWS answered ThrottlingException: Rate/],
  ])('%s', (error, expected) => {
    expect(awsProblem(error)).toMatch(expected);
  });

  test('which names the profile that was asked for', () => {
    const error = sdkError('CredentialsProviderError', 'Could not load credentials', {});

    expect(awsProblem(error, 'ops')).toMatch(/^no AWS credentials were found for profile "ops";/);
  });

  test('also behind an error of ours', () => {
    const error = new ParameterStoreError('/x: expected its parameters', { cause: denied });

    expect(awsProblem(error)).toMatch(/^AWS does not allow it/);
    expect(isDenied(error)).toBe(true);
  });
});

test.each([new Error('connect ECONNREFUSED 127.0.0.1:9'), new TypeError('x is undefined'), 'text'])(
  'what is not of the SDK is none of that: %s',
  (error) => {
    expect(awsProblem(error)).toBeUndefined();
    expect(isDenied(error)).toBe(false);
    expect(isTableMissing(error)).toBe(false);
  },
);

test('a missing table is told apart', () => {
  expect(isTableMissing(sdkError('ResourceNotFoundException', 'not found'))).toBe(true);
  expect(isTableMissing(denied)).toBe(false);
});
