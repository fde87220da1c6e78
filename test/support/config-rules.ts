import * as z from 'zod';
import type { ConfigRules } from '../../functions/config/config-rules.ts';

/** A provider that reports money only, as Northflank does. */
export const moneyRules: ConfigRules = {
  id: 'northflank',
  name: 'Northflank',
  options: { teamId: z.string().min(1).exactOptional().describe('Team to watch.') },
  meters: [
    { id: 'cpu', name: 'cpu', kind: 'flow' },
    { id: 'gpu', name: 'gpu', kind: 'flow' },
  ],
  bucket: 'hour',
  dayZone: 'UTC',
  hosts: ['api.northflank.com'],
  baseUrl: () => 'https://api.northflank.com',
};

/** A provider with units, regions, and a day of its own. */
export const meteredRules: ConfigRules = {
  id: 'influxdb',
  name: 'InfluxDB Cloud',
  options: {
    orgId: z.string().min(1).describe('Organization to watch.'),
    region: z.enum(['us', 'eu']).prefault('us').describe('Where it runs.'),
    retentionDays: z.int().min(1).max(90).exactOptional().describe('Days it keeps.'),
    compact: z.boolean().exactOptional().describe('Less of it.'),
    tags: z.array(z.string()).max(2).exactOptional().describe('What it is for.'),
  },
  meters: [
    { id: 'data-in', name: 'data-in', kind: 'flow', unit: 'MB' },
    { id: 'queries', name: 'queries', kind: 'flow', unit: '100 count' },
    { id: 'storage', name: 'storage', kind: 'flow', unit: 'GB-hour' },
    { id: 'kept', name: 'kept', kind: 'level', unit: 'GB' },
    { id: 'fees', name: 'fees', kind: 'flow' },
  ],
  bucket: 'hour',
  dayZone: 'Asia/Kolkata',
  hosts: ['us.example.com', 'eu.example.com'],
  baseUrl: ({ region }) => `https://${String(region)}.example.com`,
};
