/** Reading a large answer of InfluxDB: how fast, and in how much memory, beside InfluxDB's own client. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';
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

/** In a process of its own. */
function measure(reader: Reader, megabytes: number): Measured {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...smallHeap, script, reader, String(megabytes)],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`reading with ${reader} failed: ${stderr}`);
  return JSON.parse(stdout);
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
  const { hourlySums } = await import('../functions/providers/influxdb-meters.ts');
  const { readTables } = await import('../functions/providers/influxdb-csv.ts');
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
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

if (import.meta.main) {
  const [reader, megabytes] = process.argv.slice(2);
  console.log(JSON.stringify(await readHere(reader as Reader, Number(megabytes))));
}
