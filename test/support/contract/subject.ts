/** A provider that is held to the contract for an account in US dollars, and how its parts ask it. */
import { afterEach, beforeEach, expect } from 'vitest';
import type { Fault, SimulatedServer } from '../../../cli/demo/vendors/server.ts';
import type { HttpSettings } from '../../../functions/providers/http/body.ts';
import type {
  Interval,
  Provider,
  Usage,
  UsageFetch,
} from '../../../functions/providers/provider.ts';
import { type RecordedWaits, recordedWaits } from '../provider-waits.ts';

export interface ContractSubject<History> {
  readonly provider: Provider;
  /** Starts the simulated counterpart. */
  readonly start: (history: History) => Promise<ContractServer<History>>;
  readonly token: string;
  /** Lower case. Default: authorization. */
  readonly tokenHeader?: string;
  /** How the token is in it. Default: as it is. */
  readonly tokenSent?: string;
  /** Default: true, within the origin. */
  readonly followsRedirects?: boolean;
  /** Statuses after which another report is asked for, once. Default: none. */
  readonly asksElsewhereAfter?: readonly number[];
  /** Default: none. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Two days and more, which one request reads, or so many about different things. */
  readonly window: Interval;
  /** Default: 1. */
  readonly requests?: number;
  readonly now: number;
  /** Usage in every bucket up to now, but for the late one. */
  readonly history: History;
  /** The same with other amounts in the known bucket, and with the late one. */
  readonly corrected: History;
  readonly empty: History;
  /** All that is in a bucket of the window; `after` is what it was corrected to. */
  readonly known: { readonly before: readonly Usage[]; readonly after: readonly Usage[] };
  /** All that is in a bucket of the window that comes late. */
  readonly late: readonly Usage[];
  /** So much that it takes several requests. All of its buckets are over, and have usage. */
  readonly long: { readonly window: Interval; readonly requests: number };
  /** Absent where an answer has no pages. */
  readonly paging?: Paging;
  /** Absent where the provider has none, or takes it from the usage itself. */
  readonly balance?: SubjectsBalance;
  /** May come after a right answer, as often as one likes, without changing what it says. Default: blanks. */
  readonly filler?: string;
}

export interface SubjectsBalance {
  /** Where it is asked for. */
  readonly path: string;
  /** What the simulated counterpart answers, a decimal. */
  readonly amount: string;
  /** Other answers, as their bodies, and what they say. */
  readonly answers: readonly { readonly body: string; readonly amount: string }[];
  /** Answers with HTTP 200 that say nothing. */
  readonly wrong: readonly object[];
}

export interface Paging {
  /** What there can be in place of a next page while `long` is read, by what it is. */
  readonly traps: Readonly<Record<string, Fault>>;
  /** Page after page. */
  readonly endless: () => Fault;
}

interface ContractServer<History> extends SimulatedServer {
  readonly setHistory: (history: History) => void;
}

interface FetchChanges {
  readonly baseUrl?: string;
  readonly token?: string;
  readonly window?: Interval;
  readonly signal?: AbortSignal;
  readonly timeLeftMs?: number;
  readonly withBalance?: boolean;
  readonly http?: Partial<HttpSettings>;
}

export interface Contract<History> extends ContractSubject<History> {
  /** A new one for every test. */
  readonly server: () => ContractServer<History>;
  readonly waits: () => readonly number[];
  readonly fetchUsage: (changes?: FetchChanges) => Promise<UsageFetch>;
  /** Fails the test for anything but a complete fetch. */
  readonly usageOf: (fetched: UsageFetch) => readonly Usage[];
  /** Fails the test for anything but a fetch that ended like this, with a reason fit for an email. */
  readonly reasonOf: (fetched: UsageFetch, status?: 'failed' | 'incomplete') => string;
}

/** Starts a server before each test, and ends it afterwards. */
export function contractOf<History>(subject: ContractSubject<History>): Contract<History> {
  const { provider, options = {}, now } = subject;
  let server: ContractServer<History>;
  let recorded: RecordedWaits;

  beforeEach(async () => {
    server = await subject.start(subject.history);
    recorded = recordedWaits();
  });

  afterEach(() => server.close());

  function fetchUsage(changes: FetchChanges = {}): Promise<UsageFetch> {
    const { baseUrl = server.url, token = subject.token, http, ...others } = changes;
    return provider.fetchUsage({
      account: { name: 'acme', token, baseUrl, currency: 'USD', options },
      window: subject.window,
      now,
      signal: new AbortController().signal,
      timeLeftMs: 60_000,
      http: { ...recorded.settings, ...http },
      ...others,
    });
  }

  function usageOf(fetched: UsageFetch): readonly Usage[] {
    expect(fetched).toMatchObject({ status: 'complete', remarks: [] });
    return fetched.status === 'complete' ? fetched.usage : [];
  }

  function reasonOf(fetched: UsageFetch, status = 'failed'): string {
    // One line, from the name of who it is about to a full stop, and not a page long.
    const sentence = new RegExp(`^${provider.name} [^\\p{Cc}]{10,600}\\.$`, 'u');
    expect(fetched).toMatchObject({ status, reason: expect.stringMatching(sentence) });
    return fetched.status === 'complete' ? '' : fetched.reason;
  }

  return {
    ...subject,
    server: () => server,
    waits: () => recorded.waits,
    fetchUsage,
    usageOf,
    reasonOf,
  };
}
