import { check } from "./check.ts";
import { Configuration, CompaniesApi, ResponseError, SearchApi, WavesApi } from "./client/index.ts";

const base = process.argv[2]!;
const configuration = new Configuration({ basePath: base });
const waves = new WavesApi(configuration);
const told = async <Data>(asked: Promise<Data>, to: (data: Data) => any) => {
  try {
    return { status: 200, data: to(await asked) };
  } catch (refused) {
    if (!(refused instanceof ResponseError)) throw refused;
    return { status: refused.response.status, error: await refused.response.json() };
  }
};
await check(base, {
  waves: (query) =>
    told(waves.listWaves(query), (page) => ({
      data: page.data,
      meta: { count: page.meta.count, next_cursor: page.meta.nextCursor },
    })),
  wave: (id, asOf) => told(waves.getWave(asOf === undefined ? { id } : { id, asOf }), (one) => one),
  statistics: () => told(waves.getStatistics({ groupBy: ["year"] as any }), (one) => one),
  search: (q) => told(new SearchApi(configuration).search({ q }), (one) => one),
  indicators: () =>
    told(new CompaniesApi(configuration).listIndicators({ company: ["meta"], limit: 200 }), (one) => one),
});
