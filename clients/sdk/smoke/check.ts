// What every TypeScript client has to do with a service; each generator has an adapter beside this.
import assert from "node:assert/strict";

export type Page<Row> = { data: Row[]; meta: { count: number | null; next_cursor: string | null } };
export type Answer<Data> = { status: number; data?: Data; error?: any };
export type Waves = { driver?: string[]; country?: string[]; company?: string[]; limit?: number; cursor?: string };
export interface Client {
  waves(query: Waves): Promise<Answer<Page<{ id: string }>>>;
  wave(
    id: string,
    as_of?: string,
  ): Promise<Answer<{ revision: number; headcount: { low: number | null } | null }>>;
  statistics(): Promise<Answer<{ data: { waves: number }[]; meta: { count: number } }>>;
  search(q: string): Promise<Answer<{ data: { id: string }[] }>>;
  indicators(): Promise<Answer<{ data: { high: number | null }[] }>>;
}

export async function check(base: string, client: Client): Promise<void> {
  const plain = async (path: string) => (await (await fetch(base + path)).json()) as any;
  const page = await client.waves({ driver: ["over_hiring"], country: ["US"], limit: 2 });
  const expected = await plain("/v1/waves?driver=over_hiring&country=US&limit=2");
  assert.equal(page.data!.meta.count, expected.meta.count);
  assert.deepEqual(
    page.data!.data.map((one) => one.id),
    expected.data.map((one: { id: string }) => one.id),
  );
  const seen = new Set<string>();
  let cursor: string | undefined;
  do {
    const part = await client.waves({ company: ["meta"], limit: 3, ...(cursor ? { cursor } : {}) });
    for (const one of part.data!.data) seen.add(one.id);
    cursor = part.data!.meta.next_cursor ?? undefined;
  } while (cursor);
  assert.equal(seen.size, (await plain("/v1/waves?company=meta&limit=1")).meta.count);
  assert.equal((await client.wave("meta-2023-03")).data!.headcount!.low, 10000);
  assert.equal((await client.wave("meta-2023-03", "1")).data!.revision, 1);
  const early = await client.wave("meta-2023-03", "2020-01-01");
  assert.equal(early.status, 404);
  assert.equal(early.error.code, "unknown_revision");
  const groups = (await client.statistics()).data!;
  assert.equal(groups.data.reduce((sum, group) => sum + group.waves, 0), groups.meta.count);
  assert.equal((await client.search("meta platforms")).data!.data[0]!.id, "meta");
  const known = await plain("/v1/indicators?company=meta&limit=200");
  assert.deepEqual(
    (await client.indicators()).data!.data.map((one) => one.high),
    known.data.map((one: { high: number | null }) => one.high),
  );
  const refused = await client.waves({ driver: ["over_hirng"] });
  assert.equal(refused.status, 400);
  assert.equal(refused.error.errors[0].suggested_value, "over_hiring");
  console.log("ok");
}
