import { check } from "./check.ts";
import { getStatistics, getWave, listIndicators, listWaves, search } from "./api.ts";

const base = process.argv[2]!;
const told = (answer: { status: number; data: any }) =>
  answer.status < 400
    ? { status: answer.status, data: answer.data }
    : { status: answer.status, error: answer.data };
await check(base, {
  waves: async (query) => told(await listWaves(query)),
  wave: async (id, as_of) => told(await getWave(id, as_of === undefined ? {} : { as_of })),
  statistics: async () => told(await getStatistics({ group_by: ["year"] })),
  search: async (q) => told(await search({ q })),
  indicators: async () => told(await listIndicators({ company: ["meta"], limit: 200 })),
});
