// Lists: awaiting one returns a page, iterating over it returns every record.

/** The answer of every list. */
export interface Page {
  data: unknown[];
  meta: { next_cursor: string | null };
}

/** A record of a list. */
export type Row<Answer extends Page> = Answer["data"][number];

/**
 * A requested list. `await` returns its first page, `for await` every record of every page.
 *
 * Iterating skips no record and repeats none, even while the service publishes, because the cursor
 * keeps to the revision of the first page.
 */
export class Pages<Answer extends Page> implements PromiseLike<Answer> {
  readonly #fetch: (cursor: { cursor?: string }) => Promise<Answer>;
  #first: Promise<Answer> | undefined;

  constructor(fetch: (cursor: { cursor?: string }) => Promise<Answer>) {
    this.#fetch = fetch;
  }

  then<Done = Answer, Failed = never>(
    onFulfilled?: ((page: Answer) => Done | PromiseLike<Done>) | null,
    onRejected?: ((reason: unknown) => Failed | PromiseLike<Failed>) | null,
  ): Promise<Done | Failed> {
    return this.#page().then(onFulfilled, onRejected);
  }

  #page(): Promise<Answer> {
    this.#first ??= this.#fetch({});
    return this.#first;
  }

  /** The pages, one after the other. */
  async *pages(): AsyncGenerator<Answer, void, undefined> {
    let page = await this.#page();
    yield page;
    while (page.meta.next_cursor !== null) {
      page = await this.#fetch({ cursor: page.meta.next_cursor });
      yield page;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row<Answer>, void, undefined> {
    for await (const page of this.pages()) yield* page.data as Row<Answer>[];
  }

  /** Collect the records of all pages, or only the first ones. */
  async all(most = Infinity): Promise<Row<Answer>[]> {
    const found: Row<Answer>[] = [];
    if (most <= 0) return found;
    for await (const record of this) {
      found.push(record);
      if (found.length >= most) break;
    }
    return found;
  }
}
