import { expect, test } from 'vitest';
import { consoleUrl } from '../../functions/messages/aws-console.ts';

test.each([
  ['eu-west-1', 'https://eu-west-1.console.aws.amazon.com/'],
  ['cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['cn-northwest-1', 'https://cn-northwest-1.console.amazonaws.cn/'],
  ['us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
])('the console of %s is at the host of its partition', (region, host) => {
  expect(consoleUrl(region, 'cloudwatch/home')).toBe(`${host}cloudwatch/home?region=${region}`);
});
