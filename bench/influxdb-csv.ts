/** Reading a large answer of InfluxDB: how fast, and in how much memory, beside InfluxDB's own client. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';

interface Measured {
  readonly rows: number;
  readonly seconds: number;
  readonly peakMb: number;
}

const script = fileURLToPath(new URL('measured-csv.ts', import.meta.url));
const labels = {
  adapter: 'the adapter',
  'influxdb-client': "InfluxDB's own client",
};
type Reader = keyof typeof labels;
const readers = Object.keys(labels) as Reader[];
const fullSize = { smallMb: 50, largeMb: 200, rounds: 3 };
/** As small as that of a Lambda function of 256 MB. */
const smallHeap = ['--max-semi-space-size=8', '--max-old-space-size=160'];

export async function influxdbCsv({ smallMb, largeMb, rounds } = fullSize) {
  const small = measureAll(smallMb);
  // They take turns, so that a noisy machine is noisy to all.
  const large = Array.from({ length: rounds }, () => measureAll(largeMb));
  console.log(
    `${largeMb} MB read by                 MB/s   of the client   peak MB   of that for ${smallMb} MB`,
  );
  for (const reader of readers) {
    const speed = median(large.map((round) => largeMb / round[reader].seconds));
    const share = median(
      large.map((round) => round['influxdb-client'].seconds / round[reader].seconds),
    );
    const peakMb = median(large.map((round) => round[reader].peakMb));
    const growth = peakMb / small[reader].peakMb;
    const numbers = [
      speed.toFixed(1).padStart(8),
      share.toFixed(2).padStart(16),
      String(peakMb).padStart(10),
      growth.toFixed(2).padStart(20),
    ];
    console.log(`${labels[reader].padEnd(24)}${numbers.join('')}`);
  }
  console.log(
    'budget of the adapter: as fast as the client, and memory that does not grow with the body',
  );
  return { small, large };
}

function measureAll(megabytes: number): Readonly<Record<Reader, Measured>> {
  const measured = readers.map((reader) => [reader, measure(reader, megabytes)]);
  return Object.fromEntries(measured);
}

function measure(reader: Reader, megabytes: number): Measured {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...smallHeap, script, reader, String(megabytes)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`reading with ${reader} failed: ${stderr}`);
  return JSON.parse(stdout);
}
