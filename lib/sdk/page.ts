import type { Page as PageBody } from "#/lib/contract/page.ts";

/** One page of a list. Iterating it (`for await`) continues into the following pages. */
export class Page<T> implements AsyncIterable<T> {
  readonly data: T[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
  readonly #next: (cursor: string) => Promise<Page<T>>;

  constructor(body: PageBody<T>, next: (cursor: string) => Promise<Page<T>>) {
    this.data = body.data;
    this.hasMore = body.hasMore;
    this.nextCursor = body.nextCursor;
    this.#next = next;
  }

  hasNextPage(): boolean {
    return this.hasMore && this.nextCursor !== null;
  }

  /** @throws {Error} when there is none: ask `hasNextPage()` first */
  async getNextPage(): Promise<Page<T>> {
    if (!this.hasNextPage() || this.nextCursor === null) throw new Error("There is no next page.");
    return this.#next(this.nextCursor);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* this.data;
    let page: Page<T> = this as Page<T>;
    while (page.hasNextPage()) {
      page = await page.getNextPage();
      yield* page.data;
    }
  }
}

/** What a list call returns: `await` gives its first page, `for await` every item of every page. */
export class PagePromise<T> extends Promise<Page<T>> implements AsyncIterable<T> {
  /** `then` and `catch` give plain promises. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    yield* await this;
  }
}

/** A list of which `load` reads the page at a cursor (undefined: the first). */
export function listOf<T>(
  load: (cursor: string | undefined) => Promise<PageBody<T>>,
  cursor?: string | undefined,
): PagePromise<T> {
  const pageAt = async (at: string | undefined): Promise<Page<T>> => new Page(await load(at), pageAt);
  return new PagePromise((resolve, reject) => void pageAt(cursor).then(resolve, reject));
}
