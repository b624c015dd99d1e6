// Lists: one page where it is awaited, every record where it is iterated.

/** What every list answers with. */
export interface Page {
  data: unknown[];
  meta: { next_cursor: string | null };
}

/** A record of a list. */
export type Row<Answer extends Page> = Answer["data"][number];

/**
 * A list that was asked for. `await` gives its first page, `for await` every record of every page.
 *
 * A walk has no gap and no record twice, also while the service publishes: its cursor holds the
 * revision of its first page.
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

  /** Collect the records of all pages, or the first ones of them. */
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
