// Pages, pinning, retries, ETags and errors, through a proxy that sees and breaks requests.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  GoneError,
  InvalidParametersError,
  Ledger,
  LedgerError,
  NotFoundError,
  TooManyRequestsError,
  UnavailableError,
  UnknownRevisionError,
  UnreachableError,
} from "layoff-ledger";
import { type Fault, URL_, plain, proxy } from "./support.js";

const refuse =
  (times: number, status: number, headers: Record<string, string> = {}): Fault =>
  (number, _, response) => {
    if (number >= times) return false;
    response.writeHead(status, headers).end("down");
    return true;
  };

test("a walk gives every record once, in the order of the list", async () => {
  const whole = (await plain("/v1/waves?company=meta&limit=200")) as { data: { id: string }[] };
  const walk = new Ledger(URL_).listWaves({ company: ["meta"], limit: 2 });

  const found = await walk.all();

  assert.ok(found.length > 4);
  assert.deepEqual(found.map(({ id }) => id), whole.data.map(({ id }) => id));
  assert.equal((await walk.all(3)).length, 3);
  assert.deepEqual((await walk).data.map(({ id }) => id), found.slice(0, 2).map(({ id }) => id));
});

test("a walk that stops early asks for no more pages", async () => {
  const between = await proxy();
  for await (const _ of new Ledger(between.url).listWaves({ limit: 2 })) break;
  between.close();

  assert.equal(between.seen.length, 1);
});

test("a session is pinned to the revision that is the newest at its first question", async () => {
  const between = await proxy();
  const ledger = new Ledger(between.url, { asOf: "newest" });
  const [page, wave] = await Promise.all([
    ledger.listWaves({ limit: 1 }),
    ledger.getWave("meta-2023-03"),
    ledger.getLiveness(),
  ]);
  await ledger.getWave("meta-2023-03", { as_of: "1" });
  between.close();

  const newest = (await plain("/v1/revisions?limit=1")).meta.revision as number;
  assert.equal(page.meta.revision, newest);
  assert.equal(wave.revision, newest);
  const asked = between.seen.map(({ path }) => path).sort();
  assert.deepEqual(asked.slice(0, 2), ["/health/live", "/v1/revisions?limit=1"]);
  assert.ok(asked.slice(2).every((path) => path.includes("as_of=")), asked.join());
  assert.equal(await ledger.asOf(), String(newest));
});

test("a number pins too, and a day before the first revision is a problem of its own class", async () => {
  assert.equal((await new Ledger(URL_, { asOf: 1 }).getWave("meta-2023-03")).revision, 1);
  await assert.rejects(
    Promise.resolve(new Ledger(URL_, { asOf: "2020-01-01" }).listWaves()),
    UnknownRevisionError,
  );
});

test("what is down is asked again after the seconds that it names", async () => {
  const between = await proxy(refuse(1, 503, { "retry-after": "1" }));
  const begun = Date.now();
  const wave = await new Ledger(between.url).getWave("meta-2023-03");
  between.close();

  assert.equal(wave.id, "meta-2023-03");
  assert.deepEqual(between.seen.map(({ status }) => status), [503, 200]);
  assert.ok(Date.now() - begun >= 990);
});

test("a broken connection, a gateway and an overrun limit are tried again", async () => {
  const between = await proxy((number, _, response) => {
    if (number === 0) response.destroy();
    else if (number === 1) response.writeHead(502).end("<html>");
    else if (number === 2) response.writeHead(429, { "retry-after": "0" }).end();
    return number < 3;
  });
  const wave = await new Ledger(between.url).getWave("meta-2023-03");
  between.close();

  assert.equal(wave.id, "meta-2023-03");
  assert.equal(between.seen.length, 4);
});

test("after the last try the error is thrown, and a bad question is never asked twice", async () => {
  const between = await proxy(refuse(2, 502));
  const ledger = new Ledger(between.url, { retries: 1 });
  await assert.rejects(ledger.getWave("meta-2023-03"), (error: LedgerError) => {
    assert.equal(error.code, "http_502");
    assert.equal(error.problem, null);
    return true;
  });
  assert.equal(between.seen.length, 2);
  await assert.rejects(Promise.resolve(ledger.listWaves({ driver: ["x"] })), LedgerError);
  between.close();

  assert.equal(between.seen.length, 3);
});

test("a wait beyond the longest is thrown with its seconds", async () => {
  const problem = { ...(await plain("/v1/waves/none")), status: 429, code: "too_many_requests" };
  const between = await proxy((_, __, response) => {
    response.writeHead(429, { "retry-after": "3600", "content-type": "application/problem+json" });
    response.end(JSON.stringify(problem));
    return true;
  });
  await assert.rejects(new Ledger(between.url).getWave("x"), (error: TooManyRequestsError) => {
    assert.ok(error instanceof TooManyRequestsError);
    assert.equal(error.retryAfter, 3600);
    return true;
  });
  between.close();

  assert.equal(between.seen.length, 1);
});

test("where nobody answers, the error says where", async () => {
  const gone = await proxy();
  gone.close();
  await assert.rejects(new Ledger(gone.url, { retries: 1 }).getWave("x"), (error: UnreachableError) => {
    assert.ok(error instanceof UnreachableError);
    assert.equal(error.url, `${gone.url}/v1/waves/x`);
    assert.ok(error.message.startsWith(`no answer from ${gone.url}/v1/waves/x: `), error.message);
    return true;
  });
});

test("a request that gets no answer in time is given up, and an abort is not tried again", async () => {
  const between = await proxy(() => true);
  const late = new Ledger(between.url, { retries: 1, timeout: 200 });
  await assert.rejects(late.getWave("x"), (error: UnreachableError) => {
    assert.ok(error instanceof UnreachableError);
    assert.equal((error.cause as Error).name, "TimeoutError");
    return true;
  });
  assert.equal(between.seen.length, 2);
  const asked = new AbortController();
  const aborted = new Ledger(between.url).client.GET("/v1/waves", { signal: asked.signal });
  setTimeout(() => asked.abort(), 100);
  await assert.rejects(aborted, { name: "AbortError" });
  between.close();

  assert.equal(between.seen.length, 3);
});

test("an answer that has not changed is not sent again, one of a revision not asked again", async () => {
  const between = await proxy();
  const ledger = new Ledger(between.url);
  const first = await ledger.getWave("meta-2023-03");
  const second = await ledger.getWave("meta-2023-03");
  const [third, fourth] = [
    await ledger.getWave("meta-2023-03", { as_of: "1" }),
    await ledger.getWave("meta-2023-03", { as_of: "1" }),
  ];
  between.close();

  assert.deepEqual(second, first);
  assert.deepEqual(fourth, third);
  assert.deepEqual(between.seen.map(({ status }) => status), [200, 304, 200]);
  assert.ok(between.seen[1]!.headers["if-none-match"]);
});

test("what is kept has a bound, and one who wants nothing kept asks each time", async () => {
  const between = await proxy();
  for (const cacheBytes of [0, 100]) {
    const ledger = new Ledger(between.url, { cacheBytes });
    await ledger.getDriver("over_hiring");
    await ledger.getDriver("over_hiring");
  }
  between.close();

  assert.deepEqual(between.seen.map(({ status }) => status), [200, 200, 200, 200]);
});

test("formats are kept apart", async () => {
  const { client } = new Ledger(URL_);
  const query = { company: ["meta"] };
  const json = await client.GET("/v1/waves", { params: { query } });
  const csv = await client.GET("/v1/waves", {
    params: { query },
    headers: { accept: "text/csv" },
    parseAs: "text",
  });

  assert.equal(String(csv.data).trim().split(/\r?\n(?=[a-z0-9-]+,)/).length, json.data!.meta.count! + 1);
});

test("a mistake is an error of its class, with what was meant", async () => {
  const asked = new Ledger(URL_).listWaves({ driver: ["over_hirng"] });
  await assert.rejects(Promise.resolve(asked), (error: InvalidParametersError) => {
    assert.ok(error instanceof InvalidParametersError && error instanceof LedgerError);
    assert.equal(error.name, "InvalidParametersError");
    assert.equal(error.code, "invalid_parameters");
    assert.equal(error.errors[0]!.suggested_value, "over_hiring");
    assert.match(error.message, /no driver 'over_hirng'/);
    return true;
  });
  await assert.rejects(new Ledger(URL_).getWave("none"), NotFoundError);
  assert.ok(GoneError && UnavailableError);
});

test("a code that this version does not know is no error, of a field or of a problem", async () => {
  const between = await proxy(undefined, (body) =>
    Buffer.from(
      body
        .toString()
        .replaceAll('"over_hiring"', '"brand_new"')
        .replaceAll('"completed"', '"brand_new"')
        .replace('"code":"not_found"', '"code":"brand_new"'),
    ),
  );
  const ledger = new Ledger(between.url);
  assert.equal((await ledger.getDriver("over_hiring")).code, "brand_new");
  assert.ok((await ledger.listWaves({ status: ["completed"], limit: 1 })).data[0]);
  await assert.rejects(ledger.getWave("none"), (error: LedgerError) => {
    assert.equal(error.constructor, LedgerError);
    assert.equal(error.code, "brand_new");
    return true;
  });
  between.close();
});

test("figures beyond 32 bits are those of the JSON", async () => {
  const query = { company: ["meta"], limit: 200 };
  const highs = (await new Ledger(URL_).listIndicators(query)).data.map(({ high }) => high);
  const expected = (await plain("/v1/indicators?company=meta&limit=200")) as {
    data: { high: number | null }[];
  };

  assert.deepEqual(highs, expected.data.map(({ high }) => high));
  assert.ok(Math.max(...highs.map(Number)) > 2 ** 32);
});
