import { Api, type HttpResponse } from "./api.ts";
import { check } from "./check.ts";

const base = process.argv[2]!;
const api = new Api({ baseUrl: base });
const told = async <Data>(asked: Promise<HttpResponse<Data, any>>) => {
  // It throws answers that are not successful.
  const answer = await asked.catch((refused: HttpResponse<Data, any>) => refused);
  return { status: answer.status, data: answer.data, error: answer.error };
};
await check(base, {
  waves: (query) => told(api.v1.listWaves(query)),
  wave: (id, as_of) => told(api.v1.getWave(id, as_of === undefined ? {} : { as_of })),
  statistics: () => told(api.v1.getStatistics({ group_by: ["year"] as any })),
  search: (q) => told(api.v1.search({ q })),
  indicators: () => told(api.v1.listIndicators({ company: ["meta"], limit: 200 })),
});
