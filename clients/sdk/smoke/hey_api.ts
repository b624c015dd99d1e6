import { check } from "./check.ts";
import { client } from "./hey/client.gen.ts";
import { getStatistics, getWave, listIndicators, listWaves, search } from "./hey/sdk.gen.ts";

const base = process.argv[2]!;
client.setConfig({ baseUrl: base });
const told = <Data>(answer: { data?: Data; error?: unknown; response?: Response }) => ({
  status: answer.response!.status,
  error: answer.error,
  ...(answer.data === undefined ? {} : { data: answer.data }),
});
await check(base, {
  waves: async (query) => told(await listWaves({ query })),
  wave: async (id, as_of) =>
    told(await getWave({ path: { id }, query: as_of === undefined ? {} : { as_of } })),
  statistics: async () => told(await getStatistics({ query: { group_by: ["year"] } })),
  search: async (q) => told(await search({ query: { q } })),
  indicators: async () => told(await listIndicators({ query: { company: ["meta"], limit: 200 } })),
});
