/** Reading a large answer of InfluxDB: how fast, and in how much memory, beside InfluxDB's own client. */
import { fileURLToPath } from 'node:url';
import { measuredBy, median, peakMb, sendMeasured } from './measuring.ts';
import { interval, orgId, usageCsv } from './usage-csv.ts';

interface Measured {
  readonly rows: number;
  readonly seconds: number;
  readonly peakMb: number;
}

const script = fileURLToPath(import.meta.url);
const labels = {
  adapter: 'the adapter',
  'influxdb-client': "InfluxDB's own client",
};
type Reader = keyof typeof labels;
const readers = Object.keys(labels) as Reader[];
const fullSize = { smallMb: 50, largeMb: 200, rounds: 3 };
/** As small as that of a Lambda function of 256 MB. */
const flags = ['--max-semi-space-size=8', '--max-old-space-size=160'];

export async function influxdbCsv({ smallMb, largeMb, rounds } = fullSize) {
  const small = await measureAll(smallMb);
  // They take turns, so that a noisy machine is noisy to all.
  const large: Round[] = [];
  for (let round = 0; round < rounds; round += 1) large.push(await measureAll(largeMb));
  console.log(
    `${largeMb} MB read by                 MB/s   of the client   peak MB   of that for ${smallMb} MB`,
  );
  for (const reader of readers) {
    const speed = median(large.map((round) => largeMb / round[reader].seconds));
    const share = median(
      large.map((round) => round['influxdb-client'].seconds / round[reader].seconds),
    );
    const peak = median(large.map((round) => round[reader].peakMb));
    const growth = peak / small[reader].peakMb;
    const numbers = [
      speed.toFixed(1).padStart(8),
      share.toFixed(2).padStart(16),
      String(peak).padStart(10),
      growth.toFixed(2).padStart(20),
    ];
    console.log(`${labels[reader].padEnd(24)}${numbers.join('')}`);
  }
  console.log(
    'budget of the adapter: as fast as the client, and memory that does not grow with the body',
  );
  return { small, large };
}

type Round = Readonly<Record<Reader, Measured>>;

async function measureAll(megabytes: number): Promise<Round> {
  return {
    adapter: await measuredBy(script, ['adapter', megabytes], { flags }),
    'influxdb-client': await measuredBy(script, ['influxdb-client', megabytes], { flags }),
  };
}

/** Resolves to how many rows there were. */
type Read = (body: AsyncIterable<Uint8Array>) => Promise<number>;

/** Each loads no more than it needs, as that is in its memory. */
const loaders: Readonly<Record<Reader, () => Promise<Read>>> = {
  adapter: loadAdapter,
  'influxdb-client': loadInfluxdbClient,
};

/** What the adapter does with an answer. */
async function loadAdapter(): Promise<Read> {
  const { hourlySums } = await import('../functions/providers/vendors/influxdb-meters.ts');
  const { readTables } = await import('../functions/providers/vendors/influxdb-csv.ts');
  return async (body) => {
    let rows = 0;
    const sums = hourlySums(interval, orgId);
    await readTables(body, (table) => {
      const readRecord = sums.openTable(table);
      return (cells) => {
        rows += 1;
        readRecord(cells);
      };
    });
    const meters = new Set(sums.usage().map(({ meter }) => meter));
    if (meters.size !== 4 || sums.leftOut.size > 0) throw new Error('the usage is another one');
    return rows;
  };
}

/** InfluxDB's own client, which splits lines into cells and reads none of them. */
async function loadInfluxdbClient(): Promise<Read> {
  const { chunksToLines, linesToTables } = await import('@influxdata/influxdb-client');
  return async (body) => {
    let rows = 0;
    const next = () => {
      rows += 1;
    };
    const lines = chunksToLines(linesToTables({ next, error: fail, complete: () => {} }));
    for await (const chunk of body) lines.next(chunk);
    lines.complete();
    return rows;
  };
}

function fail(error: Error): never {
  throw error;
}

/** In this process. */
async function readHere(reader: Reader, megabytes: number): Promise<Measured> {
  const read = await loaders[reader]();
  const before = process.cpuUsage();
  const rows = await read(usageCsv(megabytes * 1e6));
  const { user, system } = process.cpuUsage(before);
  return {
    rows,
    seconds: (user + system) / 1e6,
    peakMb: peakMb(),
  };
}

if (import.meta.main) {
  const [reader, megabytes] = process.argv.slice(2);
  sendMeasured(await readHere(reader as Reader, Number(megabytes)));
}
