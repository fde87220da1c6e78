import { describe, expect, test } from 'vitest';
import { allowedOrigin, isLoopback } from '../../functions/config/origin.ts';

const hosts = ['api.example.com', 'eu.example.com'];

describe('allowedOrigin', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://eu.example.com/', 'https://eu.example.com'],
    ['HTTPS://API.example.com:443', 'https://api.example.com'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['https://localhost', 'https://localhost'],
    ['http://127.0.0.1:1', 'http://127.0.0.1:1'],
    ['http://127.9.8.7', 'http://127.9.8.7'],
    ['http://[::1]:8080/', 'http://[::1]:8080'],
  ])('takes %s as %s', (text, expected) => {
    expect(allowedOrigin(text, { hosts })).toBe(expected);
  });

  test.each([
    '',
    'api.example.com',
    '//api.example.com',
    'http://api.example.com',
    'https://api.example.com:8443',
    'https://api.example.com/v1',
    'https://api.example.com//',
    'https://api.example.com?a=1',
    'https://api.example.com/#top',
    'https://me:secret@api.example.com',
    'https://me@localhost',
    'https://api.example.com@evil.example.org',
    'https://example.com',
    'https://evil-api.example.com',
    'https://api.example.com.evil.example.org',
    'http://localhost.evil.example.org',
    'http://127.0.0.1.evil.example.org',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'ftp://localhost',
    'file:///etc/passwd',
  ])('refuses "%s"', (text) => {
    expect(allowedOrigin(text, { hosts })).toBeUndefined();
  });
});

describe('isLoopback', () => {
  test.each([
    ['localhost', true],
    ['127.255.0.1', true],
    ['[::1]', true],
    ['128.0.0.1', false],
    ['localhost.example.com', false],
    ['[::2]', false],
  ])('%s: %s', (hostname, expected) => {
    expect(isLoopback(hostname)).toBe(expected);
  });
});
