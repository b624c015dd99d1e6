// The only option: the address of the document's own server, which Node needs.
export default {
  ledger: {
    input: "./document.json",
    output: { target: "./api.ts", client: "fetch", baseUrl: { getBaseUrlFromSpecification: true } },
  },
};
