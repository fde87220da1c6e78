/** Reads so many MB of usage in one way; prints how long that took (s of CPU time) and the peak of its resident memory (MB). */
import { interval, orgId, usageCsv } from './usage-csv.ts';

/** Resolves to how many rows there were. */
type Reader = (body: AsyncIterable<Uint8Array>) => Promise<number>;

/** Each loads no more than it needs, as that is in its memory. */
const loaders: Readonly<Record<string, () => Promise<Reader>>> = {
  adapter: loadAdapter,
  'influxdb-client': loadInfluxdbClient,
};

/** What the adapter does with an answer. */
async function loadAdapter(): Promise<Reader> {
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
async function loadInfluxdbClient(): Promise<Reader> {
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

const [name = '', megabytes] = process.argv.slice(2);
const read = await (loaders[name] ?? fail(new Error(`"${name}" is no reader`)))();
const before = process.cpuUsage();
const rows = await read(usageCsv(Number(megabytes) * 1e6));
const { user, system } = process.cpuUsage(before);
console.log(
  JSON.stringify({
    rows,
    seconds: (user + system) / 1e6,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
