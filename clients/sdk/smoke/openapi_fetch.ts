import createClient from "openapi-fetch";

import { check } from "./check.ts";
import type { paths } from "./schema.ts";

const base = process.argv[2]!;
const client = createClient<paths>({ baseUrl: base });
const told = ({ data, error, response }: { data?: any; error?: unknown; response: Response }) => ({
  status: response.status,
  data,
  error,
});
await check(base, {
  waves: async (query) => {
    const answer = await client.GET("/v1/waves", { params: { query } });
    return { status: answer.response.status, data: answer.data, error: answer.error };
  },
  wave: async (id, as_of) => {
    const query = as_of === undefined ? {} : { as_of };
    const answer = await client.GET("/v1/waves/{id}", { params: { path: { id }, query } });
    return { status: answer.response.status, data: answer.data, error: answer.error };
  },
  statistics: async () =>
    told(await client.GET("/v1/statistics", { params: { query: { group_by: ["year"] } } })),
  search: async (q) => told(await client.GET("/v1/search", { params: { query: { q } } })),
  indicators: async () =>
    told(await client.GET("/v1/indicators", { params: { query: { company: ["meta"], limit: 200 } } })),
});
